"""`python -m reflow`: runs a TensorFlow 1 program as `python` runs it, with Reflow as its TensorFlow."""
