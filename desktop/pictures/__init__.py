"""Pictures of every screen and dialog, made by one command, for the manual and for whoever looks at the window."""
