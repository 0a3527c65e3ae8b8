// AVX2 + FMA: 8 floats a register, 16 registers.
#if defined(__x86_64__)
#include "tables.h"

#include <immintrin.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define PANEL_VECTORS 3
#define EACH_DENSE_ROWS(DO) DO(1) DO(2) DO(3) DO(4)
#define EACH_MULTIPLY_ROWS(DO) EACH_DENSE_ROWS(DO) DO(5) DO(6)
#define KEEP_ORDER(SUM) __asm__ volatile("" : "+x"(SUM)::"memory")
#include "shared/float32.inc"
#include "shared/int8_operands.inc"

// vpmaddubsw multiplies unsigned with signed bytes and adds neighbours in int16, where two products
// of 8-bit numbers do not fit: it saturates. Weights of 7 bits fit, with their offset of 64 too:
// 2 · 127 · 127 < 2¹⁵. Then four such pairs are added in int16 before they are widened: modulo 2¹⁶
// the sum of the offsets' part is taken off at the start, and what is left, Σ w · a over 8 weights,
// lies within ±127 · 258 where the weights are `narrow`. Nothing is lost, and of the instructions
// that widen only a quarter is left.
//
// Other weights are widened to int16 first, where vpmaddwd is exact.

#define INT8_ROWS 3
#define EACH_INT8_ROWS(DO) DO(1) DO(2) DO(3)

// For each 16 values, −64 · the sums that vpmaddubsw and three additions put into the two int16 lanes
// of a column. The depth is a multiple of 64.
#define INT8_GROUPS int8_groups
static void int8_groups(const int8_t *values, long depth, int32_t *groups) {
  const __m128i ones = _mm_set1_epi8(1), factor = _mm_set1_epi16(-64);
  for (long k = 0; k < depth; k += 64) {
    __m128i pairs[4], sums[2];
    UNROLL for (int i = 0; i < 4; i++)
      pairs[i] = _mm_maddubs_epi16(ones, _mm_loadu_si128((const __m128i *)(values + k + 16 * i)));
    // The four int32 of each are added, as two int16, into one int32 of the result.
    UNROLL for (int i = 0; i < 2; i++)
      sums[i] = _mm_add_epi16(_mm_unpacklo_epi32(pairs[2 * i], pairs[2 * i + 1]),
                              _mm_unpackhi_epi32(pairs[2 * i], pairs[2 * i + 1]));
    __m128i whole = _mm_add_epi16(_mm_unpacklo_epi64(sums[0], sums[1]),
                                  _mm_unpackhi_epi64(sums[0], sums[1]));
    _mm_storeu_si128((__m128i *)(groups + k / 16), _mm_mullo_epi16(whole, factor));
  }
}

// vcvtps2dq rounds halves to even, as nobody here sets another mode.
#define INT8_ROUND int8_round
INLINE i32x16 int8_round(f32x16 v) {
  const __m256 *halves = (const __m256 *)&v;
  __m256i result[2] = {_mm256_cvtps_epi32(halves[0]), _mm256_cvtps_epi32(halves[1])};
  return *(const i32x16 *)result;
}

#define INT8_BYTES int8_bytes
INLINE i8x16 int8_bytes(i32x16 n) {
  const __m256i *halves = (const __m256i *)&n;
  __m256i words = _mm256_packs_epi32(halves[0], halves[1]);
  __m256i bytes = _mm256_packs_epi16(words, words);
  // Each half of the register has been packed by itself: fours 0, 2, 0, 2, 1, 3, 1, 3.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
  return (i8x16)_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(bytes, order));
}

INLINE __m256i broadcast(const void *p) {
  int32_t bits;
  memcpy(&bits, p, 4);
  return _mm256_set1_epi32(bits);
}

// Holds the compiler to two products, then two sums, and so on. On a Zen 3 that is 7 % faster than
// product and sum by turns: more sums go to the pipes that cannot multiply.
#define IN_PAIRS(A, B) __asm__ volatile("" : "+x"(A), "+x"(B))

INLINE void int8_tile_narrow(const int rows, const bool fetches, const int8_t *a, long as,
                             const int32_t *groups, long gs, const uint8_t *w, long depth,
                             const uint8_t *next, __m256i sums[INT8_ROWS][2]) {
  const __m256i ones = _mm256_set1_epi16(1);
  for (long k = 0; k < depth; k += 16, w += 256) {
    __m256i parts[INT8_ROWS][2];
    UNROLL for (int r = 0; r < rows; r++) {
      parts[r][0] = parts[r][1] = broadcast(groups + r * gs + k / 16);
    }
    if (fetches) __builtin_prefetch(next + 4 * k, 0, 2);
    UNROLL for (int i = 0; i < 4; i++) {
      __m256i w0 = _mm256_loadu_si256((const __m256i *)(w + 64 * i));
      __m256i w1 = _mm256_loadu_si256((const __m256i *)(w + 64 * i + 32));
      UNROLL for (int r = 0; r < rows; r++) {
        __m256i v = broadcast(a + r * as + k + 4 * i);
        __m256i first = _mm256_maddubs_epi16(w0, v), second = _mm256_maddubs_epi16(w1, v);
        IN_PAIRS(first, second);
        parts[r][0] = _mm256_add_epi16(parts[r][0], first);
        parts[r][1] = _mm256_add_epi16(parts[r][1], second);
        IN_PAIRS(parts[r][0], parts[r][1]);
      }
    }
    UNROLL for (int r = 0; r < rows; r++) {
      __m256i first = _mm256_madd_epi16(parts[r][0], ones);
      __m256i second = _mm256_madd_epi16(parts[r][1], ones);
      IN_PAIRS(first, second);
      sums[r][0] = _mm256_add_epi32(sums[r][0], first);
      sums[r][1] = _mm256_add_epi32(sums[r][1], second);
      IN_PAIRS(sums[r][0], sums[r][1]);
    }
  }
}

INLINE void int8_tile_wide(const int rows, const int8_t *a, long as, const uint8_t *w, long depth,
                           __m256i *sums) {
  // A line has 16 columns of 4 weights. Widened, a register has 4 columns, and its products are
  // added in pairs: two int32 a column, folded at the end.
  __m256i halves[2][4];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int q = 0; q < 4; q++) halves[r][q] = _mm256_setzero_si256();
  for (long k = 0; k < depth; k += 4, w += 64) {
    __m256i wide[4];
    UNROLL for (int q = 0; q < 4; q++)
      wide[q] = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(w + 16 * q)));
    UNROLL for (int r = 0; r < rows; r++) {
      __m256i v = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(broadcast(a + r * as + k)));
      UNROLL for (int q = 0; q < 4; q++)
        halves[r][q] = _mm256_add_epi32(halves[r][q], _mm256_madd_epi16(wide[q], v));
    }
  }
  const __m256i order = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7);
  UNROLL for (int i = 0; i < 2 * rows; i++)
    sums[i] = _mm256_permutevar8x32_epi32(
        _mm256_hadd_epi32(halves[i / 2][2 * (i % 2)], halves[i / 2][2 * (i % 2) + 1]), order);
}

// Functions by themselves, not inlined: among other code the compiler runs out of registers.
#define INT8_NARROW(ROWS)                                                                      \
  static __attribute__((noinline)) void int8_narrow_##ROWS(                                    \
    const int8_t *a, long as, const int32_t *groups, long gs, const uint8_t *w, long depth,    \
    const uint8_t *next, __m256i *result) {                                                    \
    __m256i sums[INT8_ROWS][2];                                                                \
    UNROLL for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = _mm256_setzero_si256();    \
    if (next) int8_tile_narrow(ROWS, true, a, as, groups, gs, w, depth, next, sums);           \
    else int8_tile_narrow(ROWS, false, a, as, groups, gs, w, depth, next, sums);               \
    UNROLL for (int i = 0; i < 2 * ROWS; i++) result[i] = sums[i / 2][i % 2];                  \
  }
EACH_INT8_ROWS(INT8_NARROW)

static __attribute__((noinline)) void int8_wide(const int8_t *a, long as, const uint8_t *w,
                                                long depth, long rows, __m256i *result) {
  for (; rows >= 2; rows -= 2, a += 2 * as, result += 4) int8_tile_wide(2, a, as, w, depth, result);
  if (rows > 0) int8_tile_wide(1, a, as, w, depth, result);
}

INLINE void int8_tile(const int rows, const int8_operands *o, const uint8_t *next,
                      i32x16 sums[INT8_ROWS]) {
  if (o->groups) {
#define INT8_CALL(ROWS)                                                                        \
  if (rows == ROWS)                                                                            \
    int8_narrow_##ROWS(o->a, o->depth, o->groups, o->depth / 16, o->weights, o->part, next,    \
                       (__m256i *)sums);
    EACH_INT8_ROWS(INT8_CALL)
  } else {
    int8_wide(o->a, o->depth, o->weights, o->part, rows, (__m256i *)sums);
    take_off_offset(rows, o, sums);
  }
}

#include "shared/int8.inc"

const ck_kernels_t ck_avx2 = {FLOAT_KERNELS, INT8_KERNELS};
#pragma clang attribute pop
#endif
