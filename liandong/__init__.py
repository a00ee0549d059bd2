"""The program: command line, settings, wiring and the embedded broker; the only room that knows everyone."""
