from reflow.names.packages import names_of

__getattr__ = names_of(__spec__.name, 'reflow.contrib.learn')
