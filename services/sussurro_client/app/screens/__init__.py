"""What fills the terminal: the room, the question for a name, help, the question before leaving."""
