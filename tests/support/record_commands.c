// Preloaded into hdparm, sg3_utils and nvme-cli: no ioctl of theirs reaches a device. Each command is written to the file
// in RELANCE_RECORD, one line each, and answered as by a disk that can do everything; so no disk is needed and none is
// touched. Used by tests/golden/commands/record.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE* record(void) {
  static FILE* file;
  if (!file) file = fopen(getenv("RELANCE_RECORD"), "a");
  if (!file) abort();
  return file;
}

static void hex(const char* name, const unsigned char* bytes, size_t count) {
  size_t end = count;
  while (end > 0 && bytes[end - 1] == 0) --end;  // What follows is zeros.
  fprintf(record(), " %s=%zu:", name, count);
  for (size_t i = 0; i < end; ++i) fprintf(record(), "%02x", bytes[i]);
}

static void put_word(unsigned char* block, unsigned index, unsigned value) {
  block[2 * index] = value & 0xFF;
  block[2 * index + 1] = value >> 8;
}

// A disk of 2^21 sectors with every feature set that a tool asks for before it sends a command.
static void fill_identify(unsigned char* block) {
  memset(block, 0, 512);
  put_word(block, 0, 0x0040);
  put_word(block, 59, 0xF400);  // SANITIZE, all of it, and the antifreeze lock.
  put_word(block, 60, 0x0000);
  put_word(block, 61, 0x0020);
  put_word(block, 80, 0x01F0);
  put_word(block, 82, 0x0403);
  put_word(block, 83, 0x4D00);
  put_word(block, 84, 0x4000);
  put_word(block, 85, 0x0403);
  put_word(block, 86, 0x0C00);
  put_word(block, 87, 0x4000);
  put_word(block, 100, 0x0000);
  put_word(block, 101, 0x0020);
  put_word(block, 119, 0x4100);
  put_word(block, 128, getenv("RELANCE_RECORD_LOCKED") ? 0x0027 : 0x0021);
}

static void answer_scsi(struct sg_io_hdr* io) {
  unsigned char* data = io->dxferp;
  if (io->dxfer_direction == SG_DXFER_FROM_DEV && data) {
    memset(data, 0, io->dxfer_len);
    const int is_identify = io->cmdp[0] == 0x85 && io->cmdp[14] == 0xEC;
    if (is_identify && io->dxfer_len >= 512) fill_identify(data);
    const int is_page = io->cmdp[0] == 0x12 && (io->cmdp[1] & 1) != 0;
    if (is_page) data[1] = io->cmdp[2], data[3] = 28;
    if (io->cmdp[0] == 0x12 && !is_page) data[2] = 6, data[3] = 2, data[4] = 91;
    if (io->cmdp[0] == 0x9E && io->dxfer_len >= 12) data[5] = 0x20, data[10] = 2;
  }
  const int wants_registers = io->cmdp[0] == 0x85 && (io->cmdp[2] & 0x20) != 0;
  if (!wants_registers || !io->sbp || io->mx_sb_len < 22) return;
  const unsigned char sense[22] = {0x72, 1, 0, 0x1D, 0,    0, 0,    14, 9,    12,   1,
                                   0,    0, 0, 0,    0xFF, 0, 0xFF, 0,  0x1F, 0x40, 0x50};
  memcpy(io->sbp, sense, sizeof sense);
  io->sb_len_wr = sizeof sense;
  io->status = 2;
  io->driver_status = 8;
}

static int take_scsi(struct sg_io_hdr* io) {
  fprintf(record(), "scsi");
  hex("cdb", io->cmdp, io->cmd_len);
  if (io->dxfer_direction == SG_DXFER_FROM_DEV) fprintf(record(), " in=%u", io->dxfer_len);
  if (io->dxfer_direction == SG_DXFER_TO_DEV) hex("out", io->dxferp, io->dxfer_len);
  fprintf(record(), "\n");
  fflush(record());
  io->status = io->masked_status = io->host_status = io->driver_status = 0;
  io->sb_len_wr = 0;
  io->resid = 0;
  io->info = 0;
  answer_scsi(io);
  return 0;
}

static int take_nvme(struct nvme_passthru_cmd* io) {
  fprintf(record(), "nvme opcode=%02x nsid=%08x dwords=%08x,%08x,%08x,%08x,%08x,%08x bytes=%u\n", io->opcode, io->nsid,
          io->cdw10, io->cdw11, io->cdw12, io->cdw13, io->cdw14, io->cdw15, io->data_len);
  fflush(record());
  unsigned char* data = (unsigned char*)(uintptr_t)io->addr;
  if (data && io->data_len) memset(data, 0, io->data_len);
  if (io->opcode == 6 && io->data_len == 4096) {
    if ((io->cdw10 & 0xFF) == 1) data[256] = 0x0A, data[328] = 7, data[516] = 1;
    if ((io->cdw10 & 0xFF) == 0) data[2] = 0x20, data[130] = 9;
  }
  io->result = 0;
  return 0;
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  (void)descriptor;
  switch (request) {
    case SG_IO:
      return take_scsi(argument);
    case NVME_IOCTL_ADMIN_CMD:
      return take_nvme(argument);
    case NVME_IOCTL_ID:
      return 1;
    case SG_GET_VERSION_NUM:
      *(int*)argument = 30536;
      return 0;
    case BLKGETSIZE64:
      *(uint64_t*)argument = (uint64_t)1 << 30;
      return 0;
    case BLKGETSIZE:
      *(unsigned long*)argument = 1 << 21;
      return 0;
    default:
      errno = ENOTTY;
      return -1;
  }
}
