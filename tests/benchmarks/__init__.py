"""Measurements that depend on the machine; run by `make benchmark`, never by `make test`."""
