#!/bin/sh
# The page of the lab's web servers: which server this is, and which client it sees.
printf 'Content-Type: text/plain\r\n\r\n%s saw %s\n' "$SERVER" "$REMOTE_ADDR"
