"""The use cases of the service: functions over the ports of the domain, one package a topic."""
