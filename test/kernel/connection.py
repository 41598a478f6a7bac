"""connection.py COMMAND [ARGUMENT...]: runs a command as the leader of a session on a terminal of its own, as sshd does, prints what it writes,
and closes the terminal when a line comes in on standard input."""
import os
import pty
import select
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([terminal, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    os.write(1, os.read(terminal, 4096))
os.close(terminal)
os.waitpid(child, 0)
print("closed")
