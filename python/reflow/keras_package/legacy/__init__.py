"""What the package keras has for programs of Keras 1."""
