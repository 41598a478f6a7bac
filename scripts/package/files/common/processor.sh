# The runtime's code for amd64 uses these instructions, and would only say that one is illegal.
check_processor() {
  if grep -qs '^flags' /proc/cpuinfo && ! grep -qsw sse4_2 /proc/cpuinfo; then
    echo "ipvsadm-ts needs a processor with SSE4.2 (amd64 of 2009 or newer; virtual machines hide it when their type is kvm64 or qemu64)" >&2
    exit 1
  fi
}
