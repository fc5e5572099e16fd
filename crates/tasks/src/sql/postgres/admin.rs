//! What an administrator asks of a database: to make the claims, to look whether it can be worked with, to remove old claims.
