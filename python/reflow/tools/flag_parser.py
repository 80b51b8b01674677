"""The flags of the tools, as TensorFlow's scripts take them: --name=value, and switches as --name or --name=false."""
import argparse


class FlagParser(argparse.ArgumentParser):
    """Parses the flags of a tool and leaves the others alone."""

    def text(self, name, default='', **kwargs):
        """A flag of text."""
        self.add_argument('--' + name, type=str, default=default, **kwargs)

    def number(self, name, default, **kwargs):
        """A flag of a whole number."""
        self.add_argument('--' + name, type=int, default=default, **kwargs)

    def switch(self, name, default, **kwargs):
        """A flag that is true or false; true where no value is given."""
        self.add_argument('--' + name, nargs='?', const=True, type=lambda text: text.lower() == 'true', default=default,
                          **kwargs)
