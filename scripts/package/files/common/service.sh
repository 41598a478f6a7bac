#!/bin/sh
# What ipvsadm.service does: start, reload or stop. These variables come from the unit and its file of settings:
#
#   RULES   the file of the rules
#   AUTO    true: start loads the rules, stop clears the table
#   SAVE    true: stop saves the table in the file of the rules before it is cleared. RHEL's IPVS_SAVE_ON_STOP means the same
#   DAEMON  the sync daemons that start starts and stop stops: none, master, backup or both
#   IFACE   their interface
#   SYNCID  their id, 0 to 255
set -eu

is_true() { case $1 in true | yes) ;; *) return 1 ;; esac; }

daemons() {
  case ${DAEMON:-none} in
    none) ;;
    master | backup) echo "$DAEMON" ;;
    both) echo "master backup" ;;
    *) echo "ipvsadm.service: DAEMON is none, master, backup or both, not $DAEMON" >&2; return 2 ;;
  esac
}

# ipvsadm -R does not fail when a daemon is there already, or gone already.
each_daemon() {
  states=$(daemons) || return
  [ -n "$states" ] || return 0
  for state in $states; do echo "$1 $state${2:+ $2}"; done | ipvsadm -R
}

load() {
  if is_true "$AUTO" && [ -e "$RULES" ]; then ipvsadm apply "$RULES"; fi
}

# The old file stays when saving fails.
save() {
  ipvsadm-save --all --nosort >"$RULES.new"
  mv "$RULES.new" "$RULES"
}

PATH=/usr/sbin:/usr/bin:/sbin:/bin
case ${1-} in
  start)
    load
    each_daemon --start-daemon "--mcast-interface $IFACE --syncid ${SYNCID:-0}"
    ;;
  reload) load ;;
  stop)
    # What is wrong with a daemon must not cost the table.
    stopped=0
    each_daemon --stop-daemon || stopped=$?
    if is_true "$AUTO"; then
      if is_true "${IPVS_SAVE_ON_STOP:-$SAVE}"; then save; fi
      ipvsadm -C
    fi
    exit "$stopped"
    ;;
  *) echo "usage: $0 start|reload|stop" >&2; exit 2 ;;
esac
