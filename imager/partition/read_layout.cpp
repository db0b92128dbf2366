#include "imager/partition/read_layout.h"

#include "imager/partition/gpt.h"
#include "imager/partition/mbr.h"

namespace relance {
namespace {

Result<Layout> gpt_layout(BlockReader& reader) {
  Result<GptTable> read = read_gpt(reader, kGptPrimaryLba);
  if (!read.ok() && read.error().code == Errc::Corrupt) read = read_gpt(reader, reader.geometry().block_count - 1);
  GptTable table = TRY(std::move(read));
  return Layout{TableKind::Gpt, table.header.disk_guid, std::move(table.partitions)};
}

Result<Layout> any_layout(BlockReader& reader) {
  const MbrTable mbr = TRY(read_mbr(reader));
  if (mbr.protects_gpt) return gpt_layout(reader);
  Layout layout{.kind = TableKind::Mbr, .disk_id = mbr.disk_id, .partitions = {}};
  for (const MbrPartition& place : mbr.partitions) layout.partitions.push_back(place.partition);
  return layout;
}

}  // namespace

Result<Layout> read_layout(BlockReader& reader) {
  Result<Layout> layout = any_layout(reader);
  if (layout.ok() || layout.error().code != Errc::Corrupt) return layout;
  Error error = layout.error();
  error.stop = Stop::MasterUnfit;
  return error;
}

}  // namespace relance
