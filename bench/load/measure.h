// measure.h: the clock and the histogram of the load tools.
#ifndef MEASURE_H
#define MEASURE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SUB = 128, BUCKETS = 64 * SUB };

static void die(const char *what) { perror(what); exit(1); }

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// A log-linear histogram of tenths of microseconds: 128 buckets per power of two, so the error is below 1 %.
static int bucket(uint64_t tenths) {
  if (tenths < SUB) return (int)tenths;
  int shift = 63 - __builtin_clzll(tenths) - 7;
  return (shift + 1) * SUB + (int)((tenths >> shift) - SUB);
}

static double value(int index) {
  if (index < SUB) return index / 10.0;
  int shift = index / SUB - 1;
  return ((double)((uint64_t)(SUB + index % SUB) << shift) + (double)((1ull << shift) / 2)) / 10.0;
}

static double percentile(const uint64_t *hist, double p) {
  uint64_t total = 0, seen = 0;
  for (int i = 0; i < BUCKETS; i++) total += hist[i];
  for (int i = 0; i < BUCKETS; i++)
    if ((seen += hist[i]) > (uint64_t)((double)total * p)) return value(i);
  return 0;
}

#endif
