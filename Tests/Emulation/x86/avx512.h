// AVX-512 and VNNI in plain C, after the operations in Intel's Intrinsics Guide.
#pragma once

#include <stdint.h>
#include <string.h>

// Inlined into what is compiled for AVX2, or these vectors would need a calling convention.
#pragma clang diagnostic ignored "-Wpsabi"
#define EMULATED static inline __attribute__((always_inline, target("avx2,fma")))

EMULATED __m512i emulated_load(const void *address) {
  __m512i result;
  memcpy(&result, address, 64);
  return result;
}

EMULATED __m512i emulated_set1(int32_t value) {
  int32_t lanes[16];
  for (int i = 0; i < 16; i++) lanes[i] = value;
  return emulated_load(lanes);
}

// vpdpbusd: to each sum, four products of unsigned bytes with signed ones, modulo 2³².
EMULATED __m512i emulated_dpbusd(__m512i sum, __m512i unsigned_bytes, __m512i signed_bytes) {
  uint32_t sums[16];
  uint8_t a[64];
  int8_t b[64];
  memcpy(sums, &sum, 64);
  memcpy(a, &unsigned_bytes, 64);
  memcpy(b, &signed_bytes, 64);
  for (int i = 0; i < 64; i++) sums[i / 4] += (uint32_t)((int32_t)a[i] * (int32_t)b[i]);
  return emulated_load(sums);
}

#undef _mm512_setzero_si512
#undef _mm512_set1_epi32
#undef _mm512_loadu_si512
#undef _mm512_dpbusd_epi32
#define _mm512_setzero_si512() emulated_set1(0)
#define _mm512_set1_epi32 emulated_set1
#define _mm512_loadu_si512 emulated_load
#define _mm512_dpbusd_epi32 emulated_dpbusd
