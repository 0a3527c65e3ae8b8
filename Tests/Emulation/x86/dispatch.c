// In place of the library's dispatch: the emulated instruction sets, whatever this CPU has. Those
// that are not linked are null.
#include "tables.h"

#include <stddef.h>

#pragma weak ck_avx512vnni
#pragma weak ck_amx

const ck_kernels_t *ck_kernels(ck_instruction_set set) {
  switch (set) {
    case CK_AVX512VNNI: return &ck_avx512vnni;
    case CK_AMX: return &ck_amx;
    default: return NULL;
  }
}
