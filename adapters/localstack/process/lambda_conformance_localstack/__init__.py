"""LocalStack 4.14.0 as a plain process: installing, starting and ending it, and running functions without Docker."""
