"""Guests: notebooks living in processes of their own.

`host` and `process` are the trusted side; `child`, `cells`, `fence` and `preload` run where the
learner's code runs and import neither judge nor course; `frames` is spoken by both.
"""
