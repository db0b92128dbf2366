// The twin of the unit tests on a processor without SSE: it must be stopped there, or those tests show nothing.
int main(void) {
  __asm__ volatile("pxor %xmm0, %xmm0");
  return 0;
}
