"""Settings of all tests; beside this file are the helpers that tests in folders import."""

from hypothesis import settings

# No deadlines: the first example of a test may load or compile kernels, and machines are shared.
settings.register_profile("corpuskit", deadline=None)
settings.load_profile("corpuskit")
