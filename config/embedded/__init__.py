"""PostgreSQL and Redis without installing them: the servers come from wheels and run as the user who starts them."""
