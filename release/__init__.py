"""What goes out: wheels that install without network, what they are made of, the audit of it."""
