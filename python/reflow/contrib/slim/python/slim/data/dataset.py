"""What a set of examples is: where it is, how it is read and decoded, and what is in it."""

__all__ = ['Dataset']


class Dataset:
    """Its attributes are the arguments, of any name."""

    def __init__(self, data_sources, reader, decoder, num_samples, items_to_descriptions, **kwargs):
        self.__dict__.update(kwargs, data_sources=data_sources, reader=reader, decoder=decoder, num_samples=num_samples,
                             items_to_descriptions=items_to_descriptions)
