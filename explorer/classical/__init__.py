"""What came before learning: cells of the visual cortex, HOG, SIFT, and features made by hand."""
