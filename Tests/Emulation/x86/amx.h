// AMX in plain C, after the operations in Intel's Intrinsics Guide. A misuse that the CPU would
// answer with a fault ends the process.
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int rows, row_bytes;
  uint8_t bytes[16][64];
} emulated_tile;

static emulated_tile emulated_tiles[8];

// The 64 bytes of a configuration: palette 1, then from byte 16 on the widths in bytes as uint16, from
// byte 48 on the numbers of rows.
static inline void emulated_loadconfig(const void *configuration) {
  const uint8_t *bytes = configuration;
  if (bytes[0] != 1 || bytes[1] != 0) abort();
  memset(emulated_tiles, 0, sizeof emulated_tiles);
  for (int i = 0; i < 8; i++) {
    emulated_tile *tile = &emulated_tiles[i];
    tile->row_bytes = bytes[16 + 2 * i] + 256 * bytes[17 + 2 * i];
    tile->rows = bytes[48 + i];
    if (tile->row_bytes > 64 || tile->rows > 16) abort();
  }
}

// A tile that has been configured.
static inline emulated_tile *emulated_at(int index) {
  emulated_tile *tile = &emulated_tiles[index];
  if (tile->rows == 0 || tile->row_bytes == 0) abort();
  return tile;
}

static inline void emulated_tile_zero(emulated_tile *tile) {
  memset(tile->bytes, 0, sizeof tile->bytes);
}

static inline void emulated_tile_load(emulated_tile *tile, const void *base, long stride) {
  emulated_tile_zero(tile);
  for (int r = 0; r < tile->rows; r++)
    memcpy(tile->bytes[r], (const char *)base + r * stride, tile->row_bytes);
}

static inline void emulated_tile_store(const emulated_tile *tile, void *base, long stride) {
  for (int r = 0; r < tile->rows; r++)
    memcpy((char *)base + r * stride, tile->bytes[r], tile->row_bytes);
}

// tdpbsud: sums[m][n] += Σ a[m][k] · b[k / 4][4n + k % 4], a signed, b unsigned, modulo 2³².
static inline void emulated_dpbsud(emulated_tile *sums, const emulated_tile *a,
                                   const emulated_tile *b) {
  if (sums->rows != a->rows || sums->row_bytes != b->row_bytes || a->row_bytes != 4 * b->rows)
    abort();
  for (int m = 0; m < sums->rows; m++)
    for (int n = 0; n < sums->row_bytes / 4; n++) {
      uint32_t sum;
      memcpy(&sum, sums->bytes[m] + 4 * n, 4);
      for (int k = 0; k < a->row_bytes; k++)
        sum += (uint32_t)((int32_t)(int8_t)a->bytes[m][k] * b->bytes[k / 4][4 * n + k % 4]);
      memcpy(sums->bytes[m] + 4 * n, &sum, 4);
    }
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbsud
#define _tile_loadconfig(CONFIGURATION) emulated_loadconfig(CONFIGURATION)
#define _tile_release() memset(emulated_tiles, 0, sizeof emulated_tiles)
#define _tile_zero(TILE) emulated_tile_zero(emulated_at(TILE))
#define _tile_loadd(TILE, BASE, STRIDE) emulated_tile_load(emulated_at(TILE), BASE, STRIDE)
#define _tile_stored(TILE, BASE, STRIDE) emulated_tile_store(emulated_at(TILE), BASE, STRIDE)
#define _tile_dpbsud(SUMS, A, B) emulated_dpbsud(emulated_at(SUMS), emulated_at(A), emulated_at(B))
