"""What fills the terminal, or asks in front of it: the room, its search, help, and questions.

They open no session: a room is handed to its screen, and what is to become of it is the app's.
"""
