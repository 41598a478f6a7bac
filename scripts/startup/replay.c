// Stands for the kernel's IPVS while played.js has programs measured at native speed: a library for LD_PRELOAD.
// It answers on every AF_NETLINK/NETLINK_GENERIC socket: GETFAMILY, GET_INFO, dumps of NS services x ND servers (env NS, ND),
// and acknowledges changes. Of these it keeps the weights of servers (SET_DEST), so that a restore finds what it sent. It checks
// nothing: it is a stopwatch's partner, not a test double.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <arpa/inet.h>
#define MAXFD 1024
// Programs that reach libc through dlopen (Bun's FFI) get this library instead.
void *dlopen(const char *f, int flags) { static void *(*real)(const char *, int); if (!real) real = dlsym(RTLD_NEXT, "dlopen");
  if (f && strstr(f, "libc.so")) { Dl_info i; if (dladdr((void *)dlopen, &i)) f = i.dli_fname; } return real(f, flags); }
static char isnl[MAXFD];
static int NS, ND;
typedef struct { char *b; int n, at; } Q; // queue of replies: [int len][bytes]...
static Q q[MAXFD];
static int cap[MAXFD];
static ssize_t (*r_sendmsg)(int, const struct msghdr *, int), (*r_sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t),
  (*r_recvmsg)(int, struct msghdr *, int), (*r_recvfrom)(int, void *, size_t, int, struct sockaddr *, socklen_t *), (*r_read)(int, void *, size_t), (*r_write)(int, const void *, size_t), (*r_writev)(int, const struct iovec *, int), (*r_readv)(int, const struct iovec *, int);
static int (*r_socket)(int, int, int), (*r_close)(int);
static char *svc; static int svclen; // dump of all services: datagrams [len][bytes]
static char **dst; static int *dstlen;
static void put(char **p, int type, const void *v, int n) { struct nlattr a = {4 + n, type}; memcpy(*p, &a, 4); memcpy(*p + 4, v, n); memset(*p + 4 + n, 0, (4 - n % 4) % 4); *p += (4 + n + 3) & ~3; }
static void p16(char **p, int t, uint16_t v) { put(p, t, &v, 2); }
static void p32(char **p, int t, uint32_t v) { put(p, t, &v, 4); }
static void p64(char **p, int t, uint64_t v) { put(p, t, &v, 8); }
static void stats(char **p, int t, int wide, uint32_t seed) { char *s = *p; *p += 4;
  for (int i = 1; i <= 10; i++) { uint64_t v = i <= 5 ? seed * 37ull * i : 0; if (wide || i == 4 || i == 5) p64(p, i, v); else p32(p, i, v); }
  struct nlattr a = {*p - s, t}; memcpy(s, &a, 4); }
static uint32_t vip(int i) { return htonl(184418304u + i / 16); }
static void build(void) {
  NS = atoi(getenv("NS") ? getenv("NS") : "2300"); ND = atoi(getenv("ND") ? getenv("ND") : "16");
  svc = malloc((size_t)NS * 400 + 65536); char *w = svc, *d = 0, *p = 0;
  dst = malloc(sizeof(char *) * NS); dstlen = malloc(sizeof(int) * NS);
  for (int i = 0; i < NS; i++) {
    if (!d || p - d > 7400) { if (d) { int n = p - d - 4; memcpy(d, &n, 4); } d = p = (d ? p : w); p += 4; }
    char *m = p; p += 20; char *s = p; p += 4; char a16[16] = {0}; uint32_t v = vip(i); memcpy(a16, &v, 4);
    p16(&p, 1, 2); p16(&p, 2, 6); put(&p, 3, a16, 16); p16(&p, 4, htons(1000 + i % 16)); put(&p, 6, "wrr", 4);
    uint32_t fl[2] = {2, ~0u}; put(&p, 7, fl, 8); p32(&p, 8, 0); p32(&p, 9, 0xffffffff); stats(&p, 10, 0, i); stats(&p, 12, 1, i);
    struct nlattr a = {p - s, 1 | NLA_F_NESTED}; memcpy(s, &a, 4);
    struct nlmsghdr h = {p - m, 32, NLM_F_MULTI, 0, 0}; memcpy(m, &h, 16); m[16] = 1; m[17] = 1; m[18] = m[19] = 0;
  }
  { int n = p - d - 4; memcpy(d, &n, 4); } svclen = p - svc;
  for (int i = 0; i < NS; i++) {
    char *b = dst[i] = malloc(ND * 400 + 8192); d = 0; p = b;
    for (int j = 0; j < ND; j++) {
      if (!d || p - d > 7400) { if (d) { int n = p - d - 4; memcpy(d, &n, 4); } d = p; p += 4; }
      char *m = p; p += 20; char *s = p; p += 4; char a16[16] = {0}; uint32_t v = htonl(167772160u + i * 16 + (ND - 1 - j) + 1); memcpy(a16, &v, 4);
      put(&p, 1, a16, 16); p16(&p, 2, htons(80)); p32(&p, 3, 0); p32(&p, 4, 5); { char t = 0; put(&p, 13, &t, 1); } p16(&p, 14, 0); p16(&p, 15, 0);
      p32(&p, 5, 0); p32(&p, 6, 0); p32(&p, 7, j); p32(&p, 8, i); p32(&p, 9, 0); p16(&p, 11, 2); stats(&p, 10, 0, i + j); stats(&p, 12, 1, i + j);
      struct nlattr a = {p - s, 2 | NLA_F_NESTED}; memcpy(s, &a, 4);
      struct nlmsghdr h = {p - m, 32, NLM_F_MULTI, 0, 0}; memcpy(m, &h, 16); m[16] = 5; m[17] = 1; m[18] = m[19] = 0;
    }
    if (d) { int n = p - d - 4; memcpy(d, &n, 4); } dstlen[i] = p - b;
  }
}
__attribute__((constructor)) static void init(void) {
  r_socket = dlsym(RTLD_NEXT, "socket"); r_close = dlsym(RTLD_NEXT, "close"); r_sendmsg = dlsym(RTLD_NEXT, "sendmsg"); r_sendto = dlsym(RTLD_NEXT, "sendto");
  r_recvmsg = dlsym(RTLD_NEXT, "recvmsg"); r_recvfrom = dlsym(RTLD_NEXT, "recvfrom"); r_read = dlsym(RTLD_NEXT, "read"); r_write = dlsym(RTLD_NEXT, "write"); r_writev = dlsym(RTLD_NEXT, "writev"); r_readv = dlsym(RTLD_NEXT, "readv");
}
int socket(int d, int t, int p) { int fd = r_socket(d, t, p); if (fd >= 0 && fd < MAXFD && d == AF_NETLINK && p == NETLINK_GENERIC) { isnl[fd] = 1; q[fd].n = q[fd].at = 0; if (!svc) { struct timespec a, b; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a); build(); clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b); if (getenv("REPLAY_TIME")) fprintf(stderr, "replay: built in %.1f ms\n", (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6); } } return fd; }
int close(int fd) { if (fd >= 0 && fd < MAXFD) isnl[fd] = 0; return r_close(fd); }
static char *room(int fd, int n) { Q *x = &q[fd]; if (x->at == x->n) x->at = x->n = 0; if (x->n + n > cap[fd]) { cap[fd] = (x->n + n) * 2 + 65536; x->b = realloc(x->b, cap[fd]); } char *p = x->b + x->n; x->n += n; return p; }
static void push(int fd, const char *dg, int n) { char *p = room(fd, 4 + n); memcpy(p, &n, 4); memcpy(p + 4, dg, n); }
static void ack(int fd, const struct nlmsghdr *h, int done) { char b[36] = {0}; struct nlmsghdr r = {done ? 20 : 36, done ? NLMSG_DONE : NLMSG_ERROR, done ? NLM_F_MULTI : 0, h->nlmsg_seq, 0}; memcpy(b, &r, 16); if (!done) memcpy(b + 20, h, 16); push(fd, b, done ? 20 : 36); }
static void stream(int fd, const struct nlmsghdr *h, const char *b, int n) { // copies datagrams, patching sequence numbers
  for (int at = 0; at < n;) { int len; memcpy(&len, b + at, 4); char *p = room(fd, 4 + len); memcpy(p, b + at, 4 + len);
    for (int o = 0; o < len;) { struct nlmsghdr *m = (void *)(p + 4 + o); m->nlmsg_seq = h->nlmsg_seq; o += (m->nlmsg_len + 3) & ~3; } at += 4 + len; } }
static const char *attr(const char *s, int type) { // the payload of an attribute in a nest; 0: it is not there
  int end = *(uint16_t *)s; for (int o = 4; o < end;) { uint16_t l = *(uint16_t *)(s + o), t = *(uint16_t *)(s + o + 2) & 0x3fff; if (t == type) return s + o + 4; o += (l + 3) & ~3; } return 0; }
static int service(const char *s) { const char *v = attr(s, 3), *p = attr(s, 4); if (!v || !p) return -1;
  int i = (ntohl(*(uint32_t *)v) - 184418304u) * 16 + (ntohs(*(uint16_t *)p) - 1000); return i >= 0 && i < NS ? i : -1; }
static void weigh(const char *s) { // the weight of a server, behind header, family, nest, address, port and method
  const char *d = s + ((*(uint16_t *)s + 3) & ~3), *v = attr(d, 1), *w = attr(d, 4); int i = service(s); if (i < 0 || !v || !w) return;
  for (int at = 0; at < dstlen[i];) { int len; memcpy(&len, dst[i] + at, 4);
    for (int o = 0; o < len;) { char *m = dst[i] + at + 4 + o; if (!memcmp(m + 28, v, 4)) memcpy(m + 64, w, 4); o += (((struct nlmsghdr *)m)->nlmsg_len + 3) & ~3; } at += 4 + len; } }
static void handle(int fd, const char *b, int n) {
  for (int at = 0; at + 20 <= n;) { struct nlmsghdr hh, *h = &hh; memcpy(h, b + at, 16); int cmd = b[at + 16];
    if (h->nlmsg_type == 16) { char r[64], *p = r + 20; p16(&p, 1, 32); put(&p, 2, "IPVS", 5); p32(&p, 3, 1); p32(&p, 4, 0); p32(&p, 5, 6); struct nlmsghdr g = {p - r, 16, 0, h->nlmsg_seq, 0}; memcpy(r, &g, 16); r[16] = 1; r[17] = 2; r[18] = r[19] = 0; push(fd, r, p - r); if (h->nlmsg_flags & NLM_F_ACK) ack(fd, h, 0); }
    else if (cmd == 15) { char r[64], *p = r + 20; p32(&p, 1, 0x010201); p32(&p, 2, 4096); struct nlmsghdr g = {p - r, 32, 0, h->nlmsg_seq, 0}; memcpy(r, &g, 16); r[16] = 14; r[17] = 1; r[18] = r[19] = 0; push(fd, r, p - r); if (h->nlmsg_flags & NLM_F_ACK) ack(fd, h, 0); }
    else if ((h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) {
      if (cmd == 4) stream(fd, h, svc, svclen);
      else if (cmd == 8) { int i = service(b + at + 20); if (i >= 0) stream(fd, h, dst[i], dstlen[i]); }
      ack(fd, h, 1);
    } else { if (cmd == 6) weigh(b + at + 20); if (h->nlmsg_flags & NLM_F_ACK) ack(fd, h, 0); }
    at += (h->nlmsg_len + 3) & ~3; if (h->nlmsg_len < 16) break; } }
static ssize_t deliver(int fd, void *buf, size_t len, int peek, int trunc) { Q *x = &q[fd]; if (x->at == x->n) { errno = EAGAIN; return -1; } int n; memcpy(&n, x->b + x->at, 4); size_t c = (size_t)n < len ? n : len; memcpy(buf, x->b + x->at + 4, c); if (!peek) x->at += 4 + n; return trunc ? n : (ssize_t)c; }
#define NL(fd) ((fd) >= 0 && (fd) < MAXFD && isnl[fd])
ssize_t sendmsg(int fd, const struct msghdr *m, int f) { if (!NL(fd)) return r_sendmsg(fd, m, f); ssize_t t = 0; for (size_t i = 0; i < m->msg_iovlen; i++) { handle(fd, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len); t += m->msg_iov[i].iov_len; } return t; }
ssize_t sendto(int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t l) { if (!NL(fd)) return r_sendto(fd, b, n, f, a, l); handle(fd, b, n); return n; }
ssize_t send(int fd, const void *b, size_t n, int f) { return sendto(fd, b, n, f, 0, 0); }
ssize_t write(int fd, const void *b, size_t n) { if (!NL(fd)) return r_write(fd, b, n); handle(fd, b, n); return n; }
ssize_t writev(int fd, const struct iovec *v, int c) { if (!NL(fd)) return r_writev(fd, v, c); ssize_t t = 0; for (int i = 0; i < c; i++) { handle(fd, v[i].iov_base, v[i].iov_len); t += v[i].iov_len; } return t; }
ssize_t read(int fd, void *b, size_t n) { return NL(fd) ? deliver(fd, b, n, 0, 0) : r_read(fd, b, n); }
ssize_t readv(int fd, const struct iovec *v, int c) { return NL(fd) ? deliver(fd, v[0].iov_base, v[0].iov_len, 0, 0) : r_readv(fd, v, c); }
ssize_t recvfrom(int fd, void *b, size_t n, int f, struct sockaddr *a, socklen_t *l) { if (!NL(fd)) return r_recvfrom(fd, b, n, f, a, l); if (a && l) { struct sockaddr_nl s = {AF_NETLINK}; memcpy(a, &s, *l < sizeof s ? *l : sizeof s); *l = sizeof s; } return deliver(fd, b, n, f & MSG_PEEK, f & MSG_TRUNC); }
ssize_t recv(int fd, void *b, size_t n, int f) { return recvfrom(fd, b, n, f, 0, 0); }
ssize_t recvmsg(int fd, struct msghdr *m, int f) { if (!NL(fd)) return r_recvmsg(fd, m, f); if (m->msg_name) { struct sockaddr_nl s = {AF_NETLINK}; memcpy(m->msg_name, &s, sizeof s); m->msg_namelen = sizeof s; } m->msg_flags = 0; m->msg_controllen = 0; Q *x = &q[fd]; int n = 0; if (x->at < x->n) memcpy(&n, x->b + x->at, 4); ssize_t r = deliver(fd, m->msg_iov[0].iov_base, m->msg_iov[0].iov_len, f & MSG_PEEK, f & MSG_TRUNC); if (r >= 0 && (size_t)n > m->msg_iov[0].iov_len) m->msg_flags |= MSG_TRUNC; return r; }
