// libFuzzer's own functions, which its runtime brings (https://llvm.org/docs/LibFuzzer.html).
#pragma once

#include <stddef.h>
#include <stdint.h>

// Runs the fuzzer's loop with its options in `argv`; calls `test` on each input.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

// Changes an input in place; gives its new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
