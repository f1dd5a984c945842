// load: TCP load for benches, one thread, epoll. Prints one JSON line; times in microseconds.
//
//   load echo    --listen IP:PORT
//   load latency --target IP:PORT --conns N --rate R --seconds S --bytes B [--warmup W] [--pid P]...
//   load connect --target IP:PORT --conns N --seconds S [--warmup W] [--targets T] [--pid P]...
//   load idle    --target IP:PORT --conns N --seconds S [--pid P]...
//
// latency with R > 0 is an open loop: request i is due at i/R whatever the server does, and "due" percentiles count from
// that moment, so that a stalled server cannot hide. With R = 0 it is a closed loop: every connection always has one
// request in flight. Every reply is checked against what was sent. connect opens one connection after the other; with T it
// goes through T neighbouring addresses and ends when each had one. --pid: CPU of that process per operation, and its RSS.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { MAX_PIDS = 8, MAX_BYTES = 1 << 20, EVENTS = 512, QUEUE = 1 << 16 };

typedef struct {
  int fd, busy, connected;
  int got;            // bytes of the current reply
  unsigned serial;    // decides the content of the current request
  uint64_t sent, due; // ns
  uint64_t *waiting;  // due times of requests that found the connection busy
  unsigned head, count;
} conn;

static struct {
  const char *mode;
  struct sockaddr_in target;
  int conns, bytes, targets, pid[MAX_PIDS], pids;
  double rate, seconds, warmup;
} opt = {.conns = 16, .bytes = 1024, .seconds = 10};

static uint64_t hist_sent[BUCKETS], hist_due[BUCKETS], errors, ops;
static double cpu_before[MAX_PIDS];
static long rss_before[MAX_PIDS];
static char out_buffer[MAX_BYTES], in_buffer[MAX_BYTES];
static int ep, dialled, resting; // of connect: addresses that were used, connections that found none left

static double cpu_seconds(int pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *f = fopen(path, "r");
  if (!f) return 0;
  size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  text[n] = 0;
  char *p = strrchr(text, ')');
  unsigned long user = 0, sys = 0;
  if (p) sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys);
  return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

static long memory_kb(int pid, const char *which) {
  char path[64], line[256];
  long kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *f = fopen(path, "r");
  if (!f) return 0;
  while (fgets(line, sizeof line, f))
    if (!strncmp(line, which, strlen(which)) && sscanf(line + strlen(which), ": %ld", &kb) == 1) break;
  fclose(f);
  return kb;
}

static long rss_kb(int pid) { return memory_kb(pid, "VmRSS"); }

// What is no file's: pages of a program's own files come and go and are no connection's.
static long own_kb(int pid) { return memory_kb(pid, "RssAnon"); }

static struct sockaddr_in address(const char *text) {
  struct sockaddr_in a = {.sin_family = AF_INET};
  char host[64];
  const char *colon = strrchr(text, ':');
  if (!colon || colon - text >= (long)sizeof host) { fprintf(stderr, "%s: expected IP:PORT\n", text); exit(2); }
  memcpy(host, text, (size_t)(colon - text));
  host[colon - text] = 0;
  a.sin_port = htons((uint16_t)atoi(colon + 1));
  if (inet_pton(AF_INET, host, &a.sin_addr) != 1) { fprintf(stderr, "%s: expected IP:PORT\n", text); exit(2); }
  return a;
}

static void watch(int fd, void *data, uint32_t events, int op) {
  struct epoll_event e = {.events = events, .data.ptr = data};
  if (epoll_ctl(ep, op, fd, &e)) die("epoll_ctl");
}

static void no_delay(int fd) { int one = 1; setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); }

// ---- echo -----------------------------------------------------------------------------------------------------------

static void echo_bytes(int fd) {
  ssize_t n = read(fd, in_buffer, 65536);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) { close(fd); return; }
  for (ssize_t done = 0; done < n;) {
    ssize_t w = write(fd, in_buffer + done, (size_t)(n - done));
    if (w > 0) { done += w; continue; }
    if (errno != EAGAIN) { close(fd); return; }
    usleep(50);
  }
}

static void echo_server(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&opt.target, sizeof opt.target) || listen(listener, 4096)) die("listen");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int n = epoll_wait(ep, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd != listener) { echo_bytes(events[i].data.fd); continue; }
      for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        no_delay(fd);
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
      }
    }
  }
}

// ---- clients --------------------------------------------------------------------------------------------------------

static int dial_blocking(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval patience = {10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  no_delay(fd);
  if (connect(fd, (struct sockaddr *)&opt.target, sizeof opt.target)) { close(fd); return -1; }
  return fd;
}

static struct sockaddr_in next_target(void) {
  struct sockaddr_in a = opt.target;
  if (opt.targets) a.sin_addr.s_addr = htonl(ntohl(a.sin_addr.s_addr) + (uint32_t)dialled++);
  return a;
}

static void dial(conn *c) {
  if (opt.targets && dialled == opt.targets) { resting++; return; }
  struct sockaddr_in to = next_target();
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  no_delay(c->fd);
  c->connected = 0;
  c->sent = now();
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) errors++;
  watch(c->fd, c, EPOLLIN | EPOLLOUT | EPOLLET, EPOLL_CTL_ADD);
}

// Content that differs between neighbouring requests, so that a reply of another one is noticed.
static unsigned char content(unsigned serial, int i) { return (unsigned char)(serial * 131u + (unsigned)i * 7u); }

static void request(conn *c, uint64_t due) {
  c->busy = 1;
  c->got = 0;
  c->serial++;
  c->due = due;
  c->sent = now();
  out_buffer[0] = (char)content(c->serial, 0);
  out_buffer[opt.bytes - 1] = (char)content(c->serial, opt.bytes - 1);
  if (send(c->fd, out_buffer, (size_t)opt.bytes, MSG_NOSIGNAL) != opt.bytes) errors++;
}

static void replied(conn *c) {
  uint64_t t = now();
  hist_sent[bucket((t - c->sent) / 100)]++;
  hist_due[bucket((t - c->due) / 100)]++;
  ops++;
  c->busy = 0;
  if (opt.rate == 0) { request(c, t); return; }
  if (c->count == 0) return;
  uint64_t due = c->waiting[c->head % QUEUE];
  c->head++;
  c->count--;
  request(c, due);
}

static void read_reply(conn *c) {
  for (;;) {
    ssize_t n = recv(c->fd, in_buffer, sizeof in_buffer, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { fprintf(stderr, "connection lost after %lu operations\n", (unsigned long)ops); exit(1); }
    if (c->got == 0 && (unsigned char)in_buffer[0] != content(c->serial, 0)) errors++;
    c->got += (int)n;
    if (c->got == opt.bytes && (unsigned char)in_buffer[n - 1] != content(c->serial, opt.bytes - 1)) errors++;
    if (c->got >= opt.bytes) { replied(c); return; }
  }
}

static void connect_step(conn *c, uint32_t events) {
  if (!c->connected) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) { errors++; close(c->fd); dial(c); return; }
    if (!(events & EPOLLOUT)) return;
    c->connected = 1;
    send(c->fd, "x", 1, MSG_NOSIGNAL);
  }
  char byte;
  ssize_t n = recv(c->fd, &byte, 1, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n == 1) { ops++; hist_sent[bucket((now() - c->sent) / 100)]++; } else errors++;
  close(c->fd);
  dial(c);
}

static void open_all(conn *all) {
  for (int i = 0; i < opt.conns; i++) {
    conn *c = &all[i];
    c->fd = dial_blocking();
    char byte;
    if (c->fd < 0 || send(c->fd, "x", 1, 0) != 1 || recv(c->fd, &byte, 1, 0) != 1) { fprintf(stderr, "connection %d: no echo\n", i); exit(1); }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->waiting = malloc(QUEUE * sizeof *c->waiting);
    watch(c->fd, c, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void print_pids(uint64_t done) {
  printf(",\"pids\":[");
  for (int i = 0; i < opt.pids; i++) {
    double cpu = cpu_seconds(opt.pid[i]) - cpu_before[i];
    printf("%s{\"pid\":%d,\"cpu_s\":%.2f,\"us_per_op\":%.2f,\"rss_kb\":%ld}", i ? "," : "", opt.pid[i], cpu, done ? cpu * 1e6 / (double)done : 0.0, rss_kb(opt.pid[i]));
  }
  printf("]}\n");
}

static void print_result(double seconds) {
  printf("{\"mode\":\"%s\",\"conns\":%d,\"rate\":%.0f,\"bytes\":%d,\"seconds\":%.2f,\"ops\":%lu,\"per_s\":%.0f,\"errors\":%lu", opt.mode, opt.conns, opt.rate, opt.bytes, seconds, (unsigned long)ops, (double)ops / seconds, (unsigned long)errors);
  const struct { const char *name; const uint64_t *hist; } both[] = {{"sent", hist_sent}, {"due", hist_due}};
  for (int i = 0; i < 2; i++)
    printf(",\"%s\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", both[i].name, percentile(both[i].hist, .5), percentile(both[i].hist, .9), percentile(both[i].hist, .99), percentile(both[i].hist, .999), percentile(both[i].hist, .9999999));
  print_pids(ops);
}

static void begin_measuring(void) {
  memset(hist_sent, 0, sizeof hist_sent);
  memset(hist_due, 0, sizeof hist_due);
  ops = errors = 0;
  for (int i = 0; i < opt.pids; i++) cpu_before[i] = cpu_seconds(opt.pid[i]);
}

static uint64_t send_due(conn *all, uint64_t next, uint64_t interval) {
  static int turn;
  for (; next <= now(); next += interval) {
    conn *c = &all[turn];
    turn = (turn + 1) % opt.conns;
    if (!c->busy) { request(c, next); continue; }
    if (c->count == QUEUE) { errors++; continue; }
    c->waiting[(c->head + c->count++) % QUEUE] = next;
  }
  return next;
}

static int run_load(int connecting) {
  conn *all = calloc((size_t)opt.conns, sizeof *all);
  struct epoll_event events[EVENTS];
  if (!connecting) open_all(all);
  for (int i = 0; i < opt.conns; i++) {
    if (connecting) dial(&all[i]);
    else if (opt.rate == 0) request(&all[i], now());
  }
  uint64_t interval = opt.rate > 0 ? (uint64_t)(1e9 / opt.rate) : 0, start = now(), next = start;
  uint64_t measured = start + (uint64_t)(opt.warmup * 1e9), end = measured + (uint64_t)(opt.seconds * 1e9);
  for (int measuring = 0;;) {
    uint64_t t = now();
    if (!measuring && t >= measured) { measuring = 1; begin_measuring(); }
    if (t >= end || resting == opt.conns) break;
    struct timespec wait = {0, 50000000};
    if (interval && !connecting) {
      next = send_due(all, next, interval);
      t = now();
      wait.tv_nsec = next > t ? (long)(next - t > 50000000 ? 50000000 : next - t) : 0;
    }
    int n = epoll_pwait2(ep, events, EVENTS, &wait, NULL);
    for (int i = 0; i < n; i++)
      if (connecting) connect_step(events[i].data.ptr, events[i].events);
      else read_reply(events[i].data.ptr);
  }
  print_result((double)(now() - measured) / 1e9);
  return errors != 0;
}

static int run_idle(void) {
  int failed = 0;
  for (int i = 0; i < opt.pids; i++) rss_before[i] = own_kb(opt.pid[i]);
  uint64_t start = now();
  for (int i = 0; i < opt.conns; i++) {
    int fd = dial_blocking();
    char byte;
    if (fd < 0 || send(fd, "x", 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1) failed++;
  }
  double opened = (double)(now() - start) / 1e9;
  sleep(2);
  printf("{\"mode\":\"idle\",\"conns\":%d,\"errors\":%d,\"open_seconds\":%.2f,\"pids\":[", opt.conns, failed, opened);
  for (int i = 0; i < opt.pids; i++) {
    long rss = own_kb(opt.pid[i]);
    printf("%s{\"pid\":%d,\"rss_anon_before_kb\":%ld,\"rss_anon_kb\":%ld,\"bytes_per_conn\":%.0f}", i ? "," : "", opt.pid[i], rss_before[i], rss, (double)(rss - rss_before[i]) * 1024.0 / opt.conns);
  }
  printf("]}\n");
  fflush(stdout);
  usleep((unsigned)(opt.seconds * 1e6));
  return failed != 0;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc < 4) { fprintf(stderr, "usage: load echo|latency|connect|idle --target|--listen IP:PORT [options], see the head of load.c\n"); return 2; }
  opt.mode = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const char *name = argv[i], *text = argv[i + 1];
    if (!strcmp(name, "--target") || !strcmp(name, "--listen")) opt.target = address(text);
    else if (!strcmp(name, "--conns")) opt.conns = atoi(text);
    else if (!strcmp(name, "--targets")) opt.targets = atoi(text);
    else if (!strcmp(name, "--bytes")) opt.bytes = atoi(text);
    else if (!strcmp(name, "--rate")) opt.rate = atof(text);
    else if (!strcmp(name, "--seconds")) opt.seconds = atof(text);
    else if (!strcmp(name, "--warmup")) opt.warmup = atof(text);
    else if (!strcmp(name, "--pid") && opt.pids < MAX_PIDS) opt.pid[opt.pids++] = atoi(text);
    else { fprintf(stderr, "%s: unknown option\n", name); return 2; }
  }
  if (opt.bytes < 1 || opt.bytes > MAX_BYTES || opt.conns < 1) { fprintf(stderr, "--bytes 1..1048576, --conns >= 1\n"); return 2; }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  memset(out_buffer, 'x', sizeof out_buffer);
  ep = epoll_create1(0);
  if (!strcmp(opt.mode, "echo")) echo_server();
  if (!strcmp(opt.mode, "idle")) return run_idle();
  if (!strcmp(opt.mode, "latency")) return run_load(0);
  if (!strcmp(opt.mode, "connect")) return run_load(1);
  fprintf(stderr, "%s: unknown mode\n", opt.mode);
  return 2;
}
