// http: HTTP/1.1 and HTTP/2 load for benches, one thread, epoll. Prints one JSON line; times in microseconds.
//
//   http --target IP:PORT --host NAME --path /P --bytes BODY [--mode h1|h2|grpc] [--close] [--conns N] [--streams M]
//        [--rate R] [--seconds S] [--warmup W] [--pid P]...
//
// With R > 0 an open loop: request i is due at i/R whatever the server does, and "due" percentiles count from that moment,
// so that a stalled server cannot hide. With R = 0 a closed loop: every slot always has one request in flight; a connection
// has M slots under h2 and one under h1. --close: a new connection for each request. Each response must have status 200 and
// exactly BODY bytes. gRPC: POST with one message, and the response must end in trailers. --pid: CPU and memory of the
// session (setsid) that this process leads, so that wrappers and workers count. "late" is how long requests of an open loop
// waited for this program although it had a stream free: what it was not given a processor for, and no peer is to blame for.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { MAX_PIDS = 8, EVENTS = 256, SLOTS = 64, RING = 256, INPUT = 1 << 18 };
enum { H1, H2, GRPC };

typedef struct conn conn;
typedef struct {
  conn *on;
  int busy;
  uint32_t stream; // h2
  uint64_t due, sent;
  long body;
  int status, trailers;
} slot;

struct conn {
  int fd, connected, warm; // warm: the peer's header table has our fields
  uint32_t next_stream;
  slot slots[SLOTS];
  unsigned char *in;
  int have;
  long rest;         // h1: bytes of the body still to come, -1 before the head
  int chunked;
  char out[1 << 16]; // what the socket did not take
  int waiting;
  uint32_t uncredited;
};

static struct {
  struct sockaddr_in target;
  const char *host, *path;
  int mode, closing, conns, streams, pid[MAX_PIDS], pids;
  long bytes;
  double rate, seconds, warmup;
} opt = {.host = "localhost", .path = "/", .conns = 32, .streams = 1, .seconds = 5, .warmup = 1};

static uint64_t hist_sent[BUCKETS], hist_due[BUCKETS], hist_late[BUCKETS], latest, errors, ops, bad_status, bad_body, bad_end, started, answered;
static conn *conns;
static slot **idle;
static unsigned idle_head, idle_tail, slots_total;
static uint64_t *line, line_head, line_tail, line_size;
static uint64_t measure_from, stop_at;
static double cpu_before[MAX_PIDS];
static char request_h1[2048];
static int request_h1_length, ep, measuring;

// CPU seconds of all processes in the session that `pid` leads.
static double cpu_seconds(int pid) {
  double sum = 0;
  DIR *proc = opendir("/proc");
  if (!proc) die("/proc");
  for (struct dirent *e; (e = readdir(proc));) {
    if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%.20s/stat", e->d_name);
    FILE *f = fopen(path, "r");
    if (!f) continue;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    char *p = strrchr(text, ')');
    int session = 0;
    unsigned long user = 0, sys = 0;
    if (p && sscanf(p + 2, "%*c %*d %*d %d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &session, &user, &sys) == 3 && session == pid)
      sum += (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
  }
  closedir(proc);
  return sum;
}

static void watch(conn *c, uint32_t events, int op) {
  struct epoll_event e = {.events = events, .data.ptr = c};
  if (epoll_ctl(ep, op, c->fd, &e)) die("epoll_ctl");
}

// ---- connections ----------------------------------------------------------------------------------------------------

static void put(conn *c, const void *bytes, int length) {
  if (c->waiting + length > (int)sizeof c->out) { fprintf(stderr, "the peer does not read\n"); exit(1); }
  memcpy(c->out + c->waiting, bytes, (size_t)length);
  c->waiting += length;
}

static void flush_out(conn *c) {
  if (!c->connected || !c->waiting) return;
  ssize_t n = send(c->fd, c->out, (size_t)c->waiting, MSG_NOSIGNAL);
  if (n > 0) {
    memmove(c->out, c->out + n, (size_t)(c->waiting - n));
    c->waiting -= (int)n;
  }
  watch(c, c->waiting ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

static void frame_head(unsigned char *at, int length, int type, int flags, uint32_t stream) {
  at[0] = (unsigned char)(length >> 16); at[1] = (unsigned char)(length >> 8); at[2] = (unsigned char)length;
  at[3] = (unsigned char)type; at[4] = (unsigned char)flags;
  at[5] = (unsigned char)(stream >> 24); at[6] = (unsigned char)(stream >> 16); at[7] = (unsigned char)(stream >> 8); at[8] = (unsigned char)stream;
}

static void h2_hello(conn *c) {
  static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  put(c, preface, 24);
  // INITIAL_WINDOW_SIZE 1 MiB: larger than any body; ENABLE_PUSH 0. Then a connection window of 1 GiB.
  unsigned char settings[9 + 12] = {0}, window[13] = {0};
  frame_head(settings, 12, 4, 0, 0);
  memcpy(settings + 9, "\0\2\0\0\0\0\0\4\0\x10\0\0", 12);
  put(c, settings, sizeof settings);
  frame_head(window, 4, 8, 0, 0);
  memcpy(window + 9, "\x40\0\0\0", 4);
  put(c, window, sizeof window);
}

static void dial(conn *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c->connected = c->have = c->waiting = c->warm = 0;
  c->next_stream = 1;
  c->uncredited = 0;
  c->rest = -1;
  if (connect(c->fd, (struct sockaddr *)&opt.target, sizeof opt.target) && errno != EINPROGRESS) die("connect");
  if (opt.mode != H1) h2_hello(c);
  watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

static void hang_up(conn *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->connected = 0;
}

// ---- requests -------------------------------------------------------------------------------------------------------

static int literal(unsigned char *at, int first, const char *name, const char *text) {
  unsigned char *begin = at;
  *at++ = (unsigned char)first;
  if (name) { *at++ = (unsigned char)strlen(name); at = (unsigned char *)memcpy(at, name, strlen(name)) + strlen(name); }
  *at++ = (unsigned char)strlen(text);
  memcpy(at, text, strlen(text));
  return (int)(at - begin) + (int)strlen(text);
}

// The first request of a connection puts its fields into the table (62 the newest), later ones name them by index.
static void h2_request(conn *c, slot *s) {
  unsigned char f[1024];
  int n = 9, grpc = opt.mode == GRPC;
  f[n++] = grpc ? 0x83 : 0x82; // :method
  f[n++] = 0x86;               // :scheme http
  if (!c->warm) {
    n += literal(f + n, 0x41, NULL, opt.host);
    n += literal(f + n, 0x44, NULL, opt.path);
    n += literal(f + n, 0x40 | 58, NULL, "bench");
    if (grpc) { n += literal(f + n, 0x40 | 31, NULL, "application/grpc"); n += literal(f + n, 0x40, "te", "trailers"); }
  } else {
    for (int i = grpc ? 66 : 64; i >= 62; i--) f[n++] = (unsigned char)(0x80 | i);
  }
  c->warm = 1;
  s->stream = c->next_stream;
  c->next_stream += 2;
  frame_head(f, n - 9, 1, grpc ? 4 : 5, s->stream);
  put(c, f, n);
  if (grpc) {
    unsigned char message[9 + 5 + 95];
    memset(message, 'm', sizeof message);
    frame_head(message, 100, 0, 1, s->stream);
    memcpy(message + 9, "\0\0\0\0\x5f", 5);
    put(c, message, sizeof message);
  }
}

static void begin(slot *s, uint64_t due) {
  conn *c = s->on;
  s->busy = 1;
  s->due = due;
  s->sent = now();
  s->body = s->status = s->trailers = 0;
  started++;
  if (c->fd < 0) dial(c);
  if (opt.mode == H1) { c->rest = -1; put(c, request_h1, request_h1_length); }
  else h2_request(c, s);
  flush_out(c);
}

// A request found a free slot at once, so that only this program can have made it wait.
static void on_time(slot *s, uint64_t due) {
  uint64_t late = now() - due;
  if (due >= measure_from) { hist_late[bucket(late / 100)]++; if (late > latest) latest = late; }
  begin(s, due);
}

static void release(slot *s, uint64_t t) {
  s->busy = 0;
  if (t >= stop_at) { idle[idle_tail++ % (slots_total + 1)] = s; return; }
  if (opt.rate == 0) begin(s, t);
  else if (line_head < line_tail) begin(s, line[line_head++ % line_size]);
  else idle[idle_tail++ % (slots_total + 1)] = s;
}

static void finish(slot *s, int failed) {
  uint64_t t = now();
  int wrong_status = s->status != 200, wrong_body = s->body != opt.bytes, wrong_end = opt.mode == GRPC && !s->trailers;
  int wrong = !failed && (wrong_status || wrong_body || wrong_end);
  answered++;
  if (t >= measure_from && t < stop_at + 2000000000ull && s->due >= (opt.rate > 0 ? measure_from : 0)) {
    if (failed) errors++;
    else if (wrong) { if (wrong_status) bad_status++; else if (wrong_body) bad_body++; else bad_end++; }
    else if (t < stop_at || opt.rate > 0) { hist_sent[bucket((t - s->sent) / 100)]++; hist_due[bucket((t - s->due) / 100)]++; ops++; }
  }
  if (opt.mode == H1 && (opt.closing || failed)) hang_up(s->on);
  release(s, t);
}

static void lost(conn *c) {
  hang_up(c);
  for (int i = 0; i < opt.streams; i++)
    if (c->slots[i].busy) finish(&c->slots[i], 1);
}

// ---- responses ------------------------------------------------------------------------------------------------------

static void h1_input(conn *c) {
  slot *s = &c->slots[0];
  int at = 0;
  if (!s->busy) { if (c->have) errors++; c->have = 0; return; }
  if (c->rest < 0) {
    unsigned char *end = memmem(c->in, (size_t)c->have, "\r\n\r\n", 4);
    if (!end) return;
    *end = 0;
    s->status = atoi((char *)c->in + 9);
    char *length = strcasestr((char *)c->in, "\ncontent-length:");
    if (!length) { fprintf(stderr, "a response without content-length\n"); exit(1); }
    c->rest = atol(length + 16);
    at = (int)(end + 4 - c->in);
  }
  long n = c->have - at;
  s->body += n;
  c->rest -= n;
  c->have = 0;
  if (c->rest <= 0) { int more = c->rest < 0; c->rest = -1; finish(s, more); }
}

static slot *find(conn *c, uint32_t stream) {
  for (int i = 0; i < opt.streams; i++)
    if (c->slots[i].busy && c->slots[i].stream == stream) return &c->slots[i];
  return NULL;
}

static void h2_headers(slot *s, const unsigned char *block, int length) {
  if (s->status) { s->trailers = 1; return; }
  while (length > 0 && (*block & 0xe0) == 0x20) { block++; length--; } // table size updates (of small sizes)
  s->status = length > 0 && *block == 0x88 ? 200 : 1;
}

static void h2_frame(conn *c, const unsigned char *f, int length, int type, int flags, uint32_t stream) {
  slot *s = stream ? find(c, stream) : NULL;
  unsigned char answer[17] = {0};
  switch (type) {
    case 0:
      if (s) s->body += length - (flags & 8 ? 1 + f[0] : 0);
      c->uncredited += (uint32_t)length;
      if (c->uncredited > 1u << 28) {
        frame_head(answer, 4, 8, 0, 0);
        for (int i = 0; i < 4; i++) answer[9 + i] = (unsigned char)(c->uncredited >> (24 - 8 * i));
        put(c, answer, 13);
        c->uncredited = 0;
      }
      break;
    case 1: if (s) h2_headers(s, f + (flags & 0x20 ? 5 : 0), length); break;
    case 3: if (s) { finish(s, 1); } return;
    case 4: if (!(flags & 1)) { frame_head(answer, 0, 4, 1, 0); put(c, answer, 9); } return;
    case 6: if (!(flags & 1)) { frame_head(answer, 8, 6, 1, 0); memcpy(answer + 9, f, 8); put(c, answer, 17); } return;
    case 7: fprintf(stderr, "GOAWAY\n"); exit(1);
    default: return;
  }
  if (s && (flags & 1)) finish(s, 0);
}

static void h2_input(conn *c) {
  int at = 0;
  while (c->have - at >= 9) {
    unsigned char *f = c->in + at;
    int length = f[0] << 16 | f[1] << 8 | f[2];
    if (c->have - at < 9 + length) break;
    uint32_t stream = (uint32_t)f[5] << 24 | (uint32_t)f[6] << 16 | (uint32_t)f[7] << 8 | f[8];
    h2_frame(c, f + 9, length, f[3], f[4], stream);
    at += 9 + length;
  }
  memmove(c->in, c->in + at, (size_t)(c->have - at));
  c->have -= at;
  flush_out(c);
}

static void readable(conn *c) {
  ssize_t n = recv(c->fd, c->in + c->have, (size_t)(INPUT - c->have - 1), 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) { lost(c); return; }
  c->have += (int)n;
  c->in[c->have] = 0;
  if (opt.mode == H1) h1_input(c); else h2_input(c);
}

static void event(conn *c, uint32_t events) {
  if (c->fd < 0) return;
  if (!c->connected && (events & (EPOLLOUT | EPOLLERR))) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) { lost(c); return; }
    c->connected = 1;
  }
  if (events & EPOLLOUT) flush_out(c);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
}

// ---- main -----------------------------------------------------------------------------------------------------------

static void run(void) {
  uint64_t start = now() + 1000000, i = 0, give_up;
  double gap = opt.rate > 0 ? 1e9 / opt.rate : 0;
  measure_from = start + (uint64_t)(opt.warmup * 1e9);
  stop_at = measure_from + (uint64_t)(opt.seconds * 1e9);
  give_up = stop_at + 2000000000ull;
  if (opt.rate == 0) { idle_head = idle_tail; for (unsigned k = 0; k < slots_total; k++) begin(&conns[k / (unsigned)opt.streams].slots[k % (unsigned)opt.streams], now()); }
  for (;;) {
    uint64_t t = now(), next = stop_at;
    if (!measuring && t >= measure_from) {
      measuring = 1;
      for (int k = 0; k < opt.pids; k++) cpu_before[k] = cpu_seconds(opt.pid[k]);
      // Nothing was sent while all of /proc was read, which is nobody's latency but ours.
      measure_from = now();
      stop_at += measure_from - t;
      give_up += measure_from - t;
      t = measure_from;
    }
    if (measuring == 1 && t >= stop_at && (answered == started || t > give_up)) {
      measuring = 2;
      for (int k = 0; k < opt.pids; k++) cpu_before[k] = cpu_seconds(opt.pid[k]) - cpu_before[k];
    }
    while (opt.rate > 0 && (next = start + (uint64_t)((double)i * gap)) <= t && next < stop_at) {
      i++;
      if (idle_head != idle_tail) on_time(idle[idle_head++ % (slots_total + 1)], next); else line[line_tail++ % line_size] = next;
      t = now();
    }
    if (t >= stop_at && (answered == started || t > give_up)) return;
    uint64_t until = t >= stop_at ? t + 10000000 : opt.rate > 0 && next < stop_at ? next : t + 10000000;
    uint64_t wait = until > t ? until - t : 0;
    struct timespec timeout = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
    struct epoll_event events[EVENTS];
    int n = epoll_pwait2(ep, events, EVENTS, &timeout, NULL);
    for (int k = 0; k < n; k++) event(events[k].data.ptr, events[k].events);
  }
}

static void arguments(int n, char **a) {
  for (int i = 1; i < n; i++) {
    if (!strcmp(a[i], "--close")) { opt.closing = 1; continue; }
    if (i + 1 == n) { fprintf(stderr, "%s: a value is missing\n", a[i]); exit(2); }
    char *v = a[i + 1];
    if (!strcmp(a[i], "--target")) {
      char *colon = strrchr(v, ':');
      if (!colon) { fprintf(stderr, "%s: expected IP:PORT\n", v); exit(2); }
      *colon = 0;
      opt.target.sin_family = AF_INET;
      opt.target.sin_port = htons((uint16_t)atoi(colon + 1));
      if (inet_pton(AF_INET, v, &opt.target.sin_addr) != 1) { fprintf(stderr, "%s: expected IP:PORT\n", v); exit(2); }
    } else if (!strcmp(a[i], "--host")) opt.host = v;
    else if (!strcmp(a[i], "--path")) opt.path = v;
    else if (!strcmp(a[i], "--mode")) opt.mode = !strcmp(v, "h1") ? H1 : !strcmp(v, "h2") ? H2 : GRPC;
    else if (!strcmp(a[i], "--bytes")) opt.bytes = atol(v);
    else if (!strcmp(a[i], "--conns")) opt.conns = atoi(v);
    else if (!strcmp(a[i], "--streams")) opt.streams = atoi(v);
    else if (!strcmp(a[i], "--rate")) opt.rate = atof(v);
    else if (!strcmp(a[i], "--seconds")) opt.seconds = atof(v);
    else if (!strcmp(a[i], "--warmup")) opt.warmup = atof(v);
    else if (!strcmp(a[i], "--pid")) { if (opt.pids < MAX_PIDS) opt.pid[opt.pids++] = atoi(v); }
    else { fprintf(stderr, "%s: not an option\n", a[i]); exit(2); }
    i++;
  }
  if (opt.mode == H1) opt.streams = 1;
  if (opt.conns < 1 || opt.streams < 1 || opt.streams > SLOTS) { fprintf(stderr, "conns, streams: expected 1.., 1..%d\n", SLOTS); exit(2); }
}

static void set_up(void) {
  slots_total = (unsigned)(opt.conns * opt.streams);
  conns = calloc((size_t)opt.conns, sizeof *conns);
  idle = calloc(slots_total + 1, sizeof *idle);
  line_size = (uint64_t)(opt.rate * (opt.seconds + opt.warmup + 1)) + 16;
  line = calloc(line_size, sizeof *line);
  // Slots in turns over the connections, so that an open loop spreads.
  for (int i = 0; i < opt.streams; i++)
    for (int k = 0; k < opt.conns; k++) { conns[k].slots[i].on = &conns[k]; idle[idle_tail++] = &conns[k].slots[i]; }
  for (int k = 0; k < opt.conns; k++) { conns[k].fd = -1; conns[k].in = malloc(INPUT); }
  request_h1_length = snprintf(request_h1, sizeof request_h1, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: */*\r\n%s\r\n", opt.path, opt.host, opt.closing ? "Connection: close\r\n" : "");
}

int main(int n, char **a) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  arguments(n, a);
  ep = epoll_create1(0);
  set_up();
  run();
  printf("{\"ops\": %lu, \"per_s\": %.0f, \"errors\": %lu, \"bad_status\": %lu, \"bad_body\": %lu, \"bad_end\": %lu, \"unanswered\": %lu", ops, (double)ops / opt.seconds, errors, bad_status, bad_body, bad_end, started - answered + line_tail - line_head);
  printf(", \"due_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f}", percentile(hist_due, .5), percentile(hist_due, .9), percentile(hist_due, .99), percentile(hist_due, .999));
  printf(", \"sent_us\": {\"p50\": %.1f, \"p99\": %.1f}", percentile(hist_sent, .5), percentile(hist_sent, .99));
  printf(", \"late_us\": {\"p99\": %.1f, \"max\": %.1f}, \"cpu_s\": [", percentile(hist_late, .99), (double)latest / 1000);
  for (int k = 0; k < opt.pids; k++) printf("%s%.3f", k ? ", " : "", cpu_before[k]);
  printf("]}\n");
  return 0;
}
