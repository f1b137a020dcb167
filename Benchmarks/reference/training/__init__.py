"""Straightforward training loops in PyTorch, one file a family of algorithms, to compare ArgusTrain with."""
