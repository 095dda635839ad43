"""What the database was like, step by step; made by `makemigrations`."""
