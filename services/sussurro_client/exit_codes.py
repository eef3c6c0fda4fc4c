"""How a command ends, as whoever started it is told."""

EXIT_OK = 0
EXIT_NOT_DELIVERED = 1
EXIT_REFUSED = 2  # it cannot work like this: settings, key, or what the relay says
EXIT_CRASHED = 70  # EX_SOFTWARE of sysexits.h: a mistake of the program's own
EXIT_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells say it
