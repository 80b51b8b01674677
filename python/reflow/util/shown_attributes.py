"""Properties that only show what an object keeps."""
import operator


def shown(attribute, doc):
    """A property: the object's `attribute`."""
    return property(operator.attrgetter(attribute), doc=doc)
