"""What each setting of a method is called on the screen, and the sentence beside it."""

from __future__ import annotations

#: By name, which stands in the link and stays: the label, and the sentence
WORDS: dict[str, tuple[str, str]] = {
    "side_in_pixels": ("Side in pixels", "More pixels, finer detail, slower."),
    "steps": ("Steps", "How often the picture follows its gradient."),
    "what_is_changed": (
        "What is changed",
        "Pixels alone; waves of all sizes in natural colours; where those lie; or that and how strong they are.",
    ),
    "largest_contrast": (
        "Largest contrast, 0 for any",
        "A norm bound: the picture stays so near to grey, by root mean square.",
    ),
    "gain": ("Gain", "How strongly a change of a wave shows."),
    "decay_of_fine_waves": (
        "Decay of fine waves",
        "The d of 1/fᵈ: natural pictures have about 1.2, more is smoother.",
    ),
    "contrast": ("Contrast", "The picture's deviation around grey at first."),
    "rule": ("Rule", "How a gradient becomes a step: as it is, by how much it promises, or smoothed over steps."),
    "rate": ("Rate", "How far each step goes: too far, and it jumps about."),
    "final_learning_rate": ("Final learning rate", "Smaller than at the start: coarse, then fine."),
    "target_increase_per_step": ("Target increase per step", "How much a step should raise the value."),
    "longest_step": ("Longest step", "No pixel moves further, by mean square."),
    "l2_decay": ("L2 decay", "The share of its distance from grey that each value loses a step."),
    "blur_σ": ("Blur σ", "A Gaussian over the picture takes fine noise out."),
    "steps_between_blurs": ("Steps between blurs", "How often it is blurred."),
    "small_norms": ("Small norms, % of pixels", "The pixels nearest to grey become grey."),
    "small_contributions": (
        "Small contributions, % of pixels",
        "The pixels that matter least for the unit become grey.",
    ),
    "views_per_step": ("Views per step", "All of them must excite the unit at once."),
    "random_views": ("Random views", "The unit must stay excited when the picture is turned, scaled and shifted."),
    "which_views": ("Which views", "Of the whole picture, or windows of it."),
    "turned_by_up_to": ("Turned by up to, °", "To either side."),
    "smallest_scale": ("Smallest scale", "How small the motif may be shown."),
    "largest_scale": ("Largest scale", "How large the motif may be shown."),
    "shifted_by_up_to": ("Shifted by up to, share of the side", "In any direction."),
    "noise": ("Noise", "Added to each view, so that no faint pattern counts."),
    "smallest_window": ("Smallest window", "As a share of the picture's side."),
    "largest_window": ("Largest window", "Above 1 the edges are mirrored."),
    "windows_turned_by_up_to": ("Windows turned by up to, °", "To either side."),
    "noise_at_the_start": ("Noise at the start", "Added to each view."),
    "noise_at_the_end": ("Noise at the end", "Less than at the start: fine at last."),
    "natural_statistics": (
        "Natural statistics",
        "What each batch normalization takes in must have the mean and spread that it has in photographs.",
    ),
    "their_weight": ("Their weight", "Beside a class's logit."),
    "their_weight_for_other_units": (
        "Their weight for other units",
        "Beside the unit's value, in its own deviations.",
    ),
}
