#!/bin/bash
# Part of kernel.sh: kernel-keep.sh JOB GUEST SECONDS. Ends the guest's processes when it does not boot in time, and when kernel.sh
# is gone, in whatever way: that is when the last writer of the pipe JOB/alive is.
job=$1 guest=$2 seconds=$3
exec 3<"$job/alive"
read -r -t "$seconds" -u 3
if [ $? -gt 128 ]; then
  [ -e "$job/started" ] || { : >"$job/late"; kill -KILL -- "-$guest"; }
  read -r -u 3
fi
kill -KILL -- "-$guest"
rm -rf "$job"
