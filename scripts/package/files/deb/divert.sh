# Takes the diversions of preinst back.
undivert() {
  for name in ipvsadm ipvsadm-save ipvsadm-restore; do
    if [ "$(dpkg-divert --listpackage "/sbin/$name")" = ipvsadm-ts ]; then
      dpkg-divert --quiet --package ipvsadm-ts --no-rename --divert "/sbin/$name.usr-is-merged" --remove "/sbin/$name"
    fi
  done
}
