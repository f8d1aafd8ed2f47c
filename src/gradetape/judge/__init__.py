"""The judge: hidden pytest tests that run in a trusted process and compare trees.

It knows guests only through probe calls, and imports TensorFlow never.
"""
