#!/bin/sh
# Installs ipvsadm, ipvsadm-save and ipvsadm-restore, and takes them back.
#
#   ./install.sh [--prefix DIR] [--sbin DIR]   to DIR (default: /usr/local); the programs to DIR/sbin, or where --sbin says
#   ./install.sh --undo [--prefix DIR]         removes what was installed, and brings back what was there before
#
# `--sbin /sbin` takes the place of the ipvsadm of the system, which programs call by that path. Whatever a file takes the place
# of is kept beside it and comes back with --undo. DESTDIR, when set, goes before all paths. musl needs libstdc++ (Alpine: apk add
# libstdc++).
set -eu

prefix=/usr/local sbin='' undo=''
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --sbin)
      case ${2-} in /*) ;; *) usage ;; esac
      [ "$1" = --prefix ] && prefix=${2%/} || sbin=${2%/}
      shift 2
      ;;
    --undo) undo=yes; shift ;;
    *) usage ;;
  esac
done
sbin=${sbin:-$prefix/sbin}
root=${DESTDIR-}
folder=$root$prefix/share/ipvsadm-ts
list=$folder/installed # what was made, in order: folders end with /
kept=.before-ipvsadm-ts

# Files first, and what was there before them comes back; then folders, inner ones first, if they are empty. Can be repeated.
undo() {
  [ -e "$list" ] || { echo "$list is not there: nothing to undo" >&2; return 1; }
  made=$(sed '1!G;h;$!d' "$list")
  printf '%s\n' "$made" | grep -v '/$' | while IFS= read -r path; do
    if [ -e "$root$path$kept" ] || [ -L "$root$path$kept" ]; then mv -f "$root$path$kept" "$root$path"
    else rm -f "$root$path"; fi
  done
  rm "$list"
  printf '%s\n' "$made" | grep '/$' | while IFS= read -r path; do rmdir "$root$path" 2>/dev/null || true; done
}

make_folder() {
  [ -d "$root$1" ] || { make_folder "${1%/*}"; mkdir "$root$1"; echo "$1/" >>"$list"; }
}

# put SOURCE PATH: the old file is kept, and there is never a moment without one.
put() {
  make_folder "${2%/*}"
  if [ -e "$root$2" ] || [ -L "$root$2" ]; then cp -pP "$root$2" "$root$2$kept"; fi
  echo "$2" >>"$list"
  cp -pP "$1" "$root$2.new-ipvsadm-ts"
  mv -f "$root$2.new-ipvsadm-ts" "$root$2"
}

if [ "$undo" ]; then undo; exit; fi

cd "$(dirname "$0")/files"
sbin/ipvsadm -v >/dev/null || {
  echo "this ipvsadm does not run here; nothing is installed (musl needs libstdc++, amd64 a processor with SSE4.2)" >&2
  exit 1
}
[ ! -e "$list" ] || undo
path=$prefix/share/ipvsadm-ts missing=''
while [ ! -d "$root$path" ]; do
  missing="$path/
$missing" path=${path%/*}
done
mkdir -p "$folder"
printf '%s' "$missing" >"$list"
find . -type f -o -type l | sort | while IFS= read -r path; do
  path=${path#./}
  case $path in
    sbin/*) put "$path" "$sbin/${path#sbin/}" ;;
    *) put "$path" "$prefix/$path" ;;
  esac
done
unit=$root$prefix/lib/systemd/system/ipvsadm.service
sed "s|^Environment=PATH=|&$sbin:|" lib/systemd/system/ipvsadm.service >"$unit"
echo "$root$sbin/ipvsadm: $(sbin/ipvsadm -v)"
