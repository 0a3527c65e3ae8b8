import JSON

/// What a key of `tokenizer_config.json` does to the tokens of a text.
///
/// transformers 4.57 passes every key to the constructor of the class and forgets those that the
/// constructor does not know. The tables below have the keys that some class of it knows.
enum TokenizerKey {
  /// These keys are read by ``TokenizerConfiguration``.
  static let read: Set<String> = [
    "tokenizer_class", "model_max_length", "max_len", "truncation_side", "model_input_names",
    "do_lower_case", "strip_accents", "tokenize_chinese_chars", "split_by_punct", "keep_accents",
    "add_prefix_space", "trim_offsets", "add_bos_token", "add_eos_token", "split_special_tokens",
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    "additional_special_tokens", "extra_special_tokens", "model_specific_special_tokens",
    "added_tokens_decoder",
  ]

  /// These keys leave the tokens of a text as they are, for the reason in front of them.
  static let withoutEffect: [(reason: String, keys: Set<String>)] = [
    (
      "They say how ids become text again.",
      ["clean_up_tokenization_spaces", "errors", "spaces_between_special_tokens"]
    ),
    (
      "They say how batches are padded, and no batch is padded here.",
      ["padding", "padding_side", "pad_to_multiple_of", "pad_token_type_id"]
    ),
    (
      "They are arguments of a call, and the constructor forgets them.",
      ["max_length", "stride", "truncation", "truncation_strategy", "return_token_type_ids"]
    ),
    (
      "They say where the folder comes from.",
      [
        "name_or_path", "special_tokens_map_file", "added_tokens_file", "tokenizer_file",
        "full_tokenizer_file", "vocab_file", "merges_file", "auto_map", "processor_class",
        "backend", "is_local", "use_fast", "use_auth_token", "local_files_only", "device_map",
        "transformers_version", "tokenizer_type", "verbose",
      ]
    ),
    (
      "They belong to the tokenizers of Python code; the file has what became of them.",
      [
        "do_basic_tokenize", "never_split", "legacy", "legacy_behaviour", "sp_model_kwargs",
        "remove_space", "vocab_type", "wordpieces_prefix", "clean_text",
        "extra_ids", "cls_token_box", "sep_token_box", "pad_token_box", "pad_token_label",
        "only_label_first_subword",
      ]
    ),
    (
      "They belong to chats, languages and pictures.",
      [
        "chat_template", "use_default_system_prompt", "response_schema", "src_lang", "tgt_lang",
        "language", "task", "image_token", "audio_token", "video_token",
      ]
    ),
  ]

  /// Whether the key is in a table above.
  static func isKnown(_ key: String) -> Bool {
    read.contains(key) || withoutEffect.contains { $0.keys.contains(key) }
      || ["fast_tokenizer_files", "from_slow", "init_inputs", "fix_mistral_regex"].contains(key)
  }

  /// Refuses the keys that change tokens in a way that is not followed here.
  static func refuse(_ component: ComponentReader) throws(TokenizerError) {
    func refuse(_ key: String, _ reason: String) -> TokenizerError {
      .invalid(path: "\(component.path).\(key)", reason: reason)
    }
    if case .array(let files)? = component.value["fast_tokenizer_files"],
      files.contains(where: { $0 != "tokenizer.json" })
    {
      throw refuse("fast_tokenizer_files", "other versions of tokenizer.json are not read")
    }
    if try component.optionalBool("from_slow") == true {
      throw refuse("from_slow", "asks for a tokenizer of Python code")
    }
    if case .array(let inputs)? = component.value["init_inputs"], !inputs.isEmpty {
      throw refuse("init_inputs", "arguments without names are not read")
    }
    if try component.optionalBool("fix_mistral_regex") == true {
      throw refuse("fix_mistral_regex", "asks for another pattern than that of tokenizer.json")
    }
  }
}
