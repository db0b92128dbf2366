#pragma once
// For the files of this folder only: which blocks of an ext file system describe it. A copy of these alone is enough for
// e2fsck and resize2fs; all other used blocks are what files hold, and nobody reads or writes them.

#include "imager/filesystem/ext2_io.h"
#include "wiper/crypto/hash.h"
#include "wiper/device/extent_set.h"

namespace relance::ext2 {

// In blocks of the file system.
struct Map {
  ExtentSet used;      // By the block bitmap.
  ExtentSet metadata;  // Superblocks, descriptors, bitmaps, inode tables, journal, directories, what maps files…
  ExtentSet live;  // Of `metadata`: what is read. Not inode tables past the last inode that ever was, not the log of
                   // a clean journal, not bitmaps that are still to be made.
  // Of every file's attributes and of where its bytes lie; of a directory, of its names. Equal before and after: no file
  // was lost, changed or moved.
  Sha256Digest files{};
};

// Reads the bitmaps. Stop::ImageHostile: blocks outside of the file system.
Result<Map> map_of(FileSystem& system);

// The blocks of one inode's contents.
Result<ExtentSet> blocks_of(FileSystem& system, ext2_ino_t inode);

// How many blocks of a group's inode table, from its beginning, hold inodes that are or once were in use.
std::uint64_t inode_blocks_in_use(ext2_filsys fs, dgrp_t group);

}  // namespace relance::ext2
