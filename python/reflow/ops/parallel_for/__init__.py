"""A function over the rows of tensors."""
