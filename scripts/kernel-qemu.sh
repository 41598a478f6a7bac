# Part of kernel.sh: Debian's production kernel in QEMU, with the host's root file system, read-only and overlaid, as its own.
boot_seconds=600
readonly kernels=${XDG_CACHE_HOME:-$HOME/.cache}/ipvs-kernel

# debian_kernel: the directory of an unpacked linux-image package, with boot/ and lib/modules/ in it. Unpacked, not installed: the
# host's own boot is not ours to change.
debian_kernel() {
  local package=linux-image-amd64 found
  for found in "$kernels"/*/boot/vmlinuz-*; do
    if [ -e "$found" ]; then dirname "$(dirname "$found")"; return; fi
  done
  command -v apt-get >/dev/null || die "QEMU needs a Debian kernel, and there is no apt-get to fetch it"
  found() { apt-cache depends "$package" 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }'; }
  [ -n "$(found)" ] || apt-get -q update >&2
  package=$(found)
  [ -n "$package" ] || die "no Debian kernel to be had: apt-cache depends linux-image-amd64"
  say "fetching $package"
  unpack "$package" "$kernels/new.$$" >&2 && mv -T "$kernels/new.$$" "$kernels/$package" 2>/dev/null
  rm -rf "$kernels/new.$$"
  [ -d "$kernels/$package" ] || die "cannot fetch $package" # it may be there by another run's doing
  echo "$kernels/$package"
}

unpack() {
  mkdir -p "$2" && cd "$2" && apt-get -q download "$1" && dpkg -x ./*.deb . && rm ./*.deb &&
    depmod -b . "$(basename boot/vmlinuz-* | cut -d- -f2-)"
}

# initramfs DIRECTORY RELEASE: just enough to get at the host's files.
initramfs() {
  local root=$job/initramfs module
  mkdir -p "$root"/{proc,dev,lower,upper,root,modules}
  cp "$(command -v busybox)" "$root/busybox"
  : >"$root/load"
  for module in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
    modprobe -d "$1" -S "$2" --show-depends "$module" | awk '$1 == "insmod" { print $2 }' | while read -r file; do
      [ -e "$root/modules/${file##*/}" ] && continue
      cp "$file" "$root/modules/"
      echo "/busybox insmod /modules/${file##*/}" >>"$root/load"
    done
  done
  {
    printf '#!/busybox sh\n/busybox mount -t proc proc /proc\n. /load\n'
    printf '/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /lower\n'
    printf '/busybox mount -t tmpfs tmpfs /upper\n/busybox mkdir /upper/files /upper/work\n'
    printf '/busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root\n'
    printf '/busybox mount -t 9p -o trans=virtio,version=9p2000.L,cache=none job %q\n' "/root$job"
    printf '/busybox umount /proc\n'
    printf 'exec /busybox switch_root /root /bin/bash %q %q vport0p1 vport0p2 %q\n' \
      "$here/kernel-init.sh" "$job" "$1/lib/modules/$2"
  } >"$root/init"
  chmod +x "$root/init"
  (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$job/initramfs.cpio"
  rm -rf "$root"
}

run_on() {
  local directory release accelerator=tcg
  directory=$(debian_kernel) || exit
  release=$(basename "$directory"/boot/vmlinuz-* | cut -d- -f2-)
  # A /dev/kvm without the processor's support behind it is a trap.
  grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo && [ -w /dev/kvm ] && accelerator=kvm
  say "QEMU ($accelerator) $release"
  prepare "$@"
  job=$(cd "$job" && pwd -P)
  initramfs "$directory" "$release"
  guest "${TMPDIR:-/tmp}" qemu-system-x86_64 -accel "$accelerator" -cpu max -smp 2 -m "$mem" -nodefaults -no-user-config -no-reboot \
    -display none -serial stdio -kernel "$directory/boot/vmlinuz-$release" -initrd "$job/initramfs.cpio" \
    -append "console=ttyS0 quiet panic=-1" \
    -device virtio-serial -chardev "file,id=out,path=/dev/fd/3" -device virtserialport,chardev=out,nr=1 \
    -chardev "file,id=err,path=/dev/fd/4" -device virtserialport,chardev=err,nr=2 \
    -virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap" \
    -virtfs "local,path=$job,mount_tag=job,security_model=none,multidevs=remap"
}
