"""The public moderation models that people bring, each as its set of files and its configuration.

The sizes are small: everything else of a configuration is as its authors published it.
"""

import dataclasses


@dataclasses.dataclass
class Published:
    """A model's folder. `tokenizer` names its files in make_published.py."""

    name: str
    tokenizer: str
    config: dict
    #: `model.safetensors`, or `pytorch_model.bin`, in which the oldest have `position_ids` too.
    weights: str = "model.safetensors"
    #: Files beside config.json, weights and vocabulary: content by name.
    files: dict = dataclasses.field(default_factory=dict)
    #: Words of the error, for what does not load.
    error: str = ""
    #: Other names of the same files, after the slash of the name or whole.
    also: list[str] = dataclasses.field(default_factory=list)


def labels(*names: str, problem: str | None = None) -> dict:
    named = {"id2label": {str(i): name for i, name in enumerate(names)},
             "label2id": {name: i for i, name in enumerate(names)}}
    return named | ({"problem_type": problem} if problem else {})


MULTI, SINGLE = "multi_label_classification", "single_label_classification"
TOXIC = labels(
    "toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack", "sexual_explicit",
    "male", "female", "homosexual_gay_or_lesbian", "christian", "jewish", "muslim", "black", "white",
    "psychiatric_or_mental_illness", problem=MULTI)


def bert(task="ForSequenceClassification", **keys):
    return {
        "architectures": [f"Bert{task}"], "attention_probs_dropout_prob": 0.1,
        "gradient_checkpointing": False, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "hidden_size": 12, "initializer_range": 0.02, "intermediate_size": 18,
        "layer_norm_eps": 1e-12, "max_position_embeddings": 40, "model_type": "bert",
        "num_attention_heads": 3, "num_hidden_layers": 2, "pad_token_id": 0,
        "position_embedding_type": "absolute", "transformers_version": "4.6.1",
        "type_vocab_size": 2, "use_cache": True, **keys}


def roberta(model_type="roberta", **keys):
    name = {"roberta": "Roberta", "xlm-roberta": "XLMRoberta"}[model_type]
    config = bert(**keys) | {
        "architectures": [f"{name}ForSequenceClassification"], "bos_token_id": 0, "eos_token_id": 2,
        "layer_norm_eps": 1e-5, "max_position_embeddings": 42, "model_type": model_type,
        "pad_token_id": 1, "type_vocab_size": 1}
    if model_type == "xlm-roberta":
        config["output_past"] = True
    return config | keys


def deberta(version, **keys):
    config = {
        "architectures": [f"Deberta{version}ForSequenceClassification"],
        "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "hidden_size": 12, "initializer_range": 0.02, "intermediate_size": 18,
        "layer_norm_eps": 1e-7, "max_position_embeddings": 40, "max_relative_positions": -1,
        "model_type": "deberta-v2" if version else "deberta", "num_attention_heads": 3,
        "num_hidden_layers": 2, "pad_token_id": 0, "pooler_dropout": 0,
        "pooler_hidden_act": "gelu", "pooler_hidden_size": 12, "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False, "relative_attention": True, "torch_dtype": "float32",
        "transformers_version": "4.35.2", "type_vocab_size": 0}
    if version:
        config |= {"norm_rel_ebd": "layer_norm", "position_buckets": 8, "share_att_key": True}
    return config | keys


def distilbert(**keys):
    return {
        "activation": "gelu", "architectures": ["DistilBertForSequenceClassification"],
        "attention_dropout": 0.1, "dim": 12, "dropout": 0.1, "hidden_dim": 18,
        "initializer_range": 0.02, "max_position_embeddings": 40, "model_type": "distilbert",
        "n_heads": 3, "n_layers": 2, "pad_token_id": 0, "qa_dropout": 0.1,
        "seq_classif_dropout": 0.2, "sinusoidal_pos_embds": False, "tie_weights_": True,
        "transformers_version": "4.12.5", **keys}


def modernbert(**keys):
    return {
        "architectures": ["ModernBertForSequenceClassification"], "attention_bias": False,
        "attention_dropout": 0.0, "classifier_activation": "gelu", "classifier_bias": False,
        "classifier_dropout": 0.0, "classifier_pooling": "mean", "decoder_bias": True,
        "deterministic_flash_attn": False, "embedding_dropout": 0.0,
        "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0,
        "gradient_checkpointing": False, "hidden_activation": "gelu", "hidden_size": 12,
        "initializer_cutoff_factor": 2.0, "initializer_range": 0.02, "intermediate_size": 18,
        "layer_norm_eps": 1e-5, "local_attention": 8, "local_rope_theta": 10000.0,
        "max_position_embeddings": 64, "mlp_bias": False, "mlp_dropout": 0.0,
        "model_type": "modernbert", "norm_bias": False, "norm_eps": 1e-5,
        "num_attention_heads": 3, "num_hidden_layers": 4, "position_embedding_type": "absolute",
        "reference_compile": False, "sparse_pred_ignore_index": -100, "sparse_prediction": False,
        "torch_dtype": "float32", "transformers_version": "4.48.0", **keys}


def albert(**keys):
    return {
        "architectures": ["AlbertForSequenceClassification"], "attention_probs_dropout_prob": 0,
        "bos_token_id": 2, "classifier_dropout_prob": 0.1, "down_scale_factor": 1,
        "embedding_size": 8, "eos_token_id": 3, "gap_size": 0, "hidden_act": "gelu_new",
        "hidden_dropout_prob": 0, "hidden_size": 12, "initializer_range": 0.02,
        "inner_group_num": 1, "intermediate_size": 18, "layer_norm_eps": 1e-12,
        "max_position_embeddings": 40, "model_type": "albert", "net_structure_type": 0,
        "num_attention_heads": 3, "num_hidden_groups": 1, "num_hidden_layers": 3,
        "num_memory_blocks": 0, "pad_token_id": 0, "position_embedding_type": "absolute",
        "transformers_version": "4.30.2", "type_vocab_size": 2, **keys}


def electra(**keys):
    return bert(**keys) | {
        "architectures": ["ElectraForSequenceClassification"], "classifier_dropout": None,
        "embedding_size": 8, "model_type": "electra", "summary_activation": "gelu",
        "summary_last_dropout": 0.1, "summary_type": "first", "summary_use_proj": True, **keys}


def generative(model_type, architecture):
    return {
        "architectures": [architecture], "hidden_act": "silu", "hidden_size": 12,
        "intermediate_size": 18, "max_position_embeddings": 64, "model_type": model_type,
        "num_attention_heads": 2, "num_hidden_layers": 1, "num_key_value_heads": 1, "head_dim": 6,
        "rms_norm_eps": 1e-6, "rope_theta": 1000000, "tie_word_embeddings": True}


BERT_MAP = {
    "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
    "mask_token": "[MASK]"}
ROBERTA_MAP = {
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>",
    "pad_token": "<pad>", "cls_token": "<s>", "mask_token": {
        "content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False,
        "normalized": False}}
BERT_FILES = {
    "special_tokens_map.json": BERT_MAP, "tokenizer_config.json": {
        "do_lower_case": True, **BERT_MAP, "tokenize_chinese_chars": True, "strip_accents": None,
        "model_max_length": 512, "name_or_path": "bert-base-uncased",
        "tokenizer_class": "BertTokenizer"}}
DISTILBERT_FILES = BERT_FILES | {"tokenizer_config.json": {
    **BERT_FILES["tokenizer_config.json"], "tokenizer_class": "DistilBertTokenizer"}}
PICKLE = "pytorch_model.bin"
WRITES_TEXT = "writes its answer as text"

PUBLISHED = [
    Published("unitary/toxic-bert", "vocab.txt", bert(**labels(
        "toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate", problem=MULTI)),
        files=BERT_FILES),
    Published("unitary/unbiased-toxic-roberta", "roberta", roberta(**TOXIC), files={
        "special_tokens_map.json": ROBERTA_MAP, "tokenizer_config.json": {
            "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
            "cls_token": "<s>", "pad_token": "<pad>", "mask_token": "<mask>",
            "add_prefix_space": False, "errors": "replace", "model_max_length": 512}}),
    Published("unitary/multilingual-toxic-xlm-roberta", "sentencepiece.bpe.model",
              roberta("xlm-roberta", **TOXIC), weights=PICKLE, files={
                  "special_tokens_map.json": ROBERTA_MAP,
                  "tokenizer_config.json": {"model_max_length": 512}}),
    Published("s-nlp/roberta_toxicity_classifier", "roberta", roberta(
        **labels("neutral", "toxic")), weights=PICKLE, files={
            "special_tokens_map.json": ROBERTA_MAP}),
    # Neither tokenizer_config.json nor tokenizer.json: the model type gives the class.
    Published("cardiffnlp/twitter-roberta-base-hate", "roberta", roberta(), weights=PICKLE, files={
        "special_tokens_map.json": ROBERTA_MAP, "tf_model.h5": "weights of TensorFlow\n"}),
    Published("cardiffnlp/twitter-roberta-base-hate-latest", "roberta tokenizer.json", roberta(
        **labels("NOT-HATE", "HATE")), weights=PICKLE),
    Published("facebook/roberta-hate-speech-dynabench-r4-target", "roberta", roberta(
        **labels("nothate", "hate")), files={"special_tokens_map.json": ROBERTA_MAP}),
    Published("ibm-granite/granite-guardian-hap-38m", "roberta tokenizer.json", roberta(
        num_hidden_layers=1, **labels("LABEL_0", "LABEL_1")), also=["granite-guardian-hap-125m"]),
    Published("tomh/toxigen_roberta", "roberta", roberta(), weights=PICKLE, files={
        "special_tokens_map.json": ROBERTA_MAP,
        "tokenizer_config.json": {"tokenizer_class": "RobertaTokenizer"}}),
    Published("tomh/toxigen_hatebert", "gpt2", bert(), weights=PICKLE,
              error="BertTokenizer is read from tokenizer.json or vocab.txt"),
    Published("tomh/toxigen_hatebert with the tokenizer of bert-base-uncased", "vocab.txt", bert(),
              weights=PICKLE),
    Published("GroNLP/hateBERT", "vocab.txt", bert("ForMaskedLM"), files=BERT_FILES),
    Published("IMSyPP/hate_speech_en", "vocab.txt", bert(**labels(
        "Acceptable", "Inappropriate", "Offensive", "Violent")), weights=PICKLE, files=BERT_FILES),
    Published("Hate-speech-CNERG/dehatebert-mono-english", "vocab.txt", bert(
        pad_token_id=None, **labels("NON_HATE", "HATE")), weights=PICKLE, files={
            "special_tokens_map.json": BERT_MAP, "tokenizer_config.json": {"do_lower_case": False}}),
    Published("Hate-speech-CNERG/bert-base-uncased-hatexplain", "vocab.txt", bert(
        pad_token_id=None, **labels("hate speech", "normal", "offensive", problem=SINGLE)),
        weights=PICKLE, files=BERT_FILES),
    Published("textdetox/xlmr-large-toxicity-classifier", "xlm-roberta tokenizer.json", roberta(
        "xlm-roberta", torch_dtype="float32", **labels("LABEL_0", "LABEL_1", problem=SINGLE))),
    Published("protectai/deberta-v3-base-prompt-injection-v2", "deberta-v2 tokenizer.json", deberta(
        "V2", **labels("SAFE", "INJECTION", problem=SINGLE))),
    Published("meta-llama/Prompt-Guard-86M", "deberta-v2 tokenizer.json", deberta(
        "V2", attention_head_size=4, **labels("BENIGN", "INJECTION", "JAILBREAK")),
        also=["meta-llama/Llama-Prompt-Guard-2-86M", "meta-llama/Llama-Prompt-Guard-2-22M"]),
    Published("KoalaAI/Text-Moderation", "deberta", deberta(
        "", padding_idx=0, **labels("H", "H2", "HR", "OK", "S", "S3", "SH", "V", "V2",
                                    problem=SINGLE)), files={
            "tokenizer_config.json": {
                "add_bos_token": False, "add_prefix_space": False, "do_lower_case": False,
                "errors": "replace", "model_max_length": 512, "tokenizer_class": "DebertaTokenizer",
                "vocab_type": "gpt2"}}),
    Published("martin-ha/toxic-comment-model", "distilbert tokenizer.json", distilbert(**labels(
        "non-toxic", "toxic", problem=SINGLE)), weights=PICKLE, files=DISTILBERT_FILES),
    Published("citizenlab/distilbert-base-multilingual-cased-toxicity", "vocab.txt", distilbert(
        output_past=True, **labels("not_toxic", "toxic", problem=SINGLE)), weights=PICKLE, files={
            "tokenizer_config.json": {"do_lower_case": False, "model_max_length": 512}}),
    Published("michellejieli/NSFW_text_classifier", "distilbert tokenizer.json", distilbert(
        **labels("SFW", "NSFW", problem=SINGLE)), weights=PICKLE, files=DISTILBERT_FILES,
        also=["inappropriate_text_classifier"]),
    Published("eliasalbouzidi/distilbert-nsfw-text-classifier", "distilbert tokenizer.json",
              distilbert(**labels("safe", "nsfw", problem=SINGLE)), files=DISTILBERT_FILES),
    Published("eliasalbouzidi/distilbert-nsfw-text-classifier with its weights renamed",
              "distilbert tokenizer.json", distilbert(**labels("safe", "nsfw", problem=SINGLE)),
              weights="model.safetensors0", files=DISTILBERT_FILES,
              error="rename it to model.safetensors"),
    Published("Falconsai/offensive_speech_detection", "distilbert tokenizer.json", distilbert(
        **labels("neutral", "offensive", problem=SINGLE)), files=DISTILBERT_FILES,
        also=["Vrandan/Comment-Moderation"]),
    Published("KreatixLabs/moderation-modernbert-en", "modernbert", modernbert(
        **labels("safe", "toxic", problem=SINGLE))),
    Published("andriadze/modernbert-chat-moderation-X-V2", "modernbert", modernbert(
        classifier_pooling="cls", **labels("LABEL_0", "LABEL_1", problem=SINGLE))),
    Published("adityasaw88/modernbertguard", "modernbert", {
        "architectures": ["GuardEvalModerator"], "model_type": "guardeval_moderator", "auto_map": {
            "AutoModel": "modeling_guardeval.GuardEvalModerator"}},
        error="model_type = guardeval_moderator is not an architecture that runs here"),
    Published("pykeio/lite-toxic-comment-classification", "spiece.model", albert(**labels(
        "toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate", problem=MULTI)),
        files={"tokenizer_config.json": {
            "do_lower_case": True, "keep_accents": False, "remove_space": True,
            "model_max_length": 512, "tokenizer_class": "AlbertTokenizer"}}),
    Published("monologg/koelectra-base-v3-hate-speech", "vocab.txt", electra(
        **labels("hate", "none", "offensive")), weights=PICKLE, files={
            "tokenizer_config.json": {"do_lower_case": False, "model_max_length": 512}}),
    Published("Qwen/Qwen3Guard-Gen-0.6B", "qwen2", generative("qwen3", "Qwen3ForCausalLM"),
              error=WRITES_TEXT),
    Published("google/shieldgemma-2b", "gemma", generative("gemma2", "Gemma2ForCausalLM"),
              error=WRITES_TEXT),
    Published("meta-llama/Llama-Guard-3-1B", "llama3", generative("llama", "LlamaForCausalLM"),
              error=WRITES_TEXT),
    Published("ibm-granite/granite-guardian-3.1-2b", "gpt2", generative(
        "granite", "GraniteForCausalLM"), error=WRITES_TEXT),
    Published("lmsys/toxicchat-t5-large-v1.0", "spiece.model", generative(
        "t5", "T5ForConditionalGeneration"), error=WRITES_TEXT),
]
