"""PostgreSQL and Redis without installing them: the servers come from wheels, the data lies under `var/`."""
