"""What starts BygSpor beside the package: a broker for tests, the whole stack, the services of a server."""
