"""HTTPS in a network of one's own: a local certificate authority, the server's certificate, how phones trust it."""
