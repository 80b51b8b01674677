"""The tree of names: which name of TensorFlow 1.15 is which object of Reflow.

symbols.txt, symbols_v2.txt and ops.txt are the table, table.py reads it, finder.py answers imports from it, public.py makes the
modules that programs see, packages.py lets a package import its modules when they are asked for, report.py prints what is there.
Everything is looked up when it is first used, so that `import tensorflow` costs what a program then needs and no more.
"""
