#pragma once
// Which blocks a sampled read-back reads: at least 1000 equal sections with two random samples in each, percent of each
// section in all (never less), and always the first and the last LBA (DESIGN.md §5; layout of NIST SP 800-88 Rev. 1 §4.7).

#include "wiper/crypto/keyed_stream.h"
#include "wiper/device/block_device.h"
#include "wiper/device/extent_set.h"

namespace relance {

// What determines the places, of a run's seed: printed on the certificate, so that anybody can draw them again (ChaCha20
// with this key, 8 bytes a number, little-endian, modulo the bound).
StreamKey sample_key(std::span<const std::byte> seed);

// percent 0…100; 0: the least, one block a sample. A function of the seed: the same blocks after a resume, unknown beforehand to the drive.
ExtentSet sample_extents(const Geometry& geometry, unsigned percent, std::span<const std::byte> seed);

// In how many of those sections any of these blocks lies.
std::uint64_t sample_sections(const Geometry& geometry, const ExtentSet& blocks);

}  // namespace relance
