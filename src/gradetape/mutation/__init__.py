"""Mutation testing of graders: small wrong changes of the reference, each of which has to lose marks."""
