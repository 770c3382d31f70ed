"""The gateway: runs the engines of this machine and stands between them and the database."""
