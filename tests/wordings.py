"""What interviewers say, well and badly, in many registers; written before the checker was tuned.

Of each list the even places were looked at while the checker was made, and the odd ones are held
back: they tell how it does on words that it was not made for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where words are said: a question of the bank by its id, and what went before them.

    `follow_up` is the number of one of its written follow-ups, which `answer` came before; `probe`
    are the words of one that is not written. `request` is what the candidate finds unclear.
    """

    question: str
    answer: str = ""
    follow_up: int = 0
    probe: str = ""
    request: str = ""


BOOSTING = (
    "Boosting fits trees one after another, each to the errors of the ones before, while bagging "
    "fits them independently on bootstrap samples and averages. Boosting reduces bias and bagging "
    "reduces variance. XGBoost usually wins on tabular data."
)
PLACES = {
    "dropout": Place("dropout"),
    "curves": Place("roc-vs-precision-recall"),
    "code": Place("precision-recall-f1-from-scratch"),
    "turbines": Place("predictive-maintenance"),
    "decision": Place("star-disagree-and-commit"),
    "churn": Place("hunting-data-leakage"),
    "norm": Place(
        "batch-normalization",
        "It subtracts the mean of the batch and divides by the standard deviation, then scales and "
        "shifts with two learned parameters. At serving time it uses running averages. It lets you "
        "train with a higher learning rate, but with small batches the statistics are noisy.",
        follow_up=2,
    ),
    "forest": Place("boosting-vs-bagging", BOOSTING, follow_up=1),
    "cache": Place(
        "self-attention",
        "Every token makes a query, a key and a value, and the output is a weighted sum of the "
        "values. The weights are a softmax over the scaled dot products. It sees the whole "
        "sequence at once, but the cost grows with the square of the length.",
        follow_up=3,
    ),
    "step": Place(
        "boosting-vs-bagging",
        BOOSTING,
        probe="You said: “Boosting reduces bias and bagging reduces variance”. Can you take that a "
        "step further?",
    ),
    "dropout?": Place("dropout", request="Do you mean the training side or the whole thing?"),
    "curves?": Place("roc-vs-precision-recall", request="Which area do you mean?"),
    "turbines?": Place("predictive-maintenance", request="Should I design the whole pipeline?"),
    "attention?": Place("self-attention", request="How much maths do you want?"),
    "guess?": Place("dropout", request="Is it that units are set to zero at random?"),
}

DECENT = """
dropout | Thanks. Next, I'd like to talk about dropout. What does it do during training and at inference, and why do people compare it to an ensemble?
dropout | Let's move on to dropout. Could you tell me what it does during training and at inference, and why people compare it to an ensemble?
dropout | Thank you for that. Moving on: can you explain what dropout does in training and at inference time, and why it's often compared to an ensemble?
dropout | All right, on to something different. What is dropout doing during training, what is it doing at inference, and why is it compared to an ensemble?
dropout | I have a question about dropout for you. How does dropout behave during training and at inference, and why is it likened to an ensemble?
dropout | No problem, we'll leave that one there. Here's the next question: what does dropout do during training and at inference, and why do people compare it to an ensemble?
curves | Thank you. Now let's talk about evaluation curves. When would you look at a ROC curve, and when at a precision-recall curve? And what does the area under each one mean?
curves | Got it, thanks. My next question is about ROC and precision-recall curves: when do you use each of them, and what does the area under each tell you?
curves | Right, let's continue. In which situations do you look at a ROC curve, and in which at a precision-recall curve? What does the area under each curve mean?
curves | Let's shift gears to classification metrics. When do you look at a ROC curve and when at a precision-recall curve, and what does the area under each mean?
code | Thanks for that. For the next one, I'd like you to write some code. Please implement precision, recall and F1 for binary labels in NumPy, without scikit-learn, and say what each number means.
code | Let's do a coding exercise. Implement precision, recall and F1 for binary labels using only NumPy, not scikit-learn, and explain what each of the three numbers means.
code | Time for some code: could you implement precision, recall and F1 for binary labels in NumPy without using scikit-learn, and tell me what each number means?
turbines | Thank you. Let's look at a system design problem. An operator of 5,000 wind turbines wants to repair gearboxes before they break. How would you design the system?
turbines | Okay. Imagine an operator that runs 5,000 wind turbines and wants to repair the gearboxes before they break. Please design the system for them.
turbines | Let's switch to system design. Suppose you're working with an operator of 5,000 wind turbines who wants to repair gearboxes before they break. Walk me through how you would design that system.
decision | Thanks. Now I'd like to hear about your own experience. Tell me about a decision that went against you and that you nevertheless had to carry out.
decision | Let's talk about how you work with others. Can you describe a time when a decision went against you, but you had to carry it out nevertheless?
decision | Next, a question about working in a team. Tell me about a decision that went against you and that you had to carry out anyway.
churn | Okay, here's a scenario. Your first model for customer churn reaches a validation AUC of 0.99. How do you find out whether it's too good to be true?
churn | Let's move on. Say your first model for customer churn gets to a validation AUC of 0.99: how would you find out whether that is too good to be true?
churn | Understood. Picture this: you've built your first model for customer churn, and it reaches a validation AUC of 0.99. How would you check whether it's too good to be true?
norm | Thanks. Why do transformers use layer normalization instead of batch normalization?
norm | You mentioned that small batches make the statistics noisy. Why do transformers use layer normalization rather than batch normalization?
norm | Okay, noted. Let's stay with this for a moment: why do transformers rely on layer normalization and not on batch normalization?
norm | You spoke about running averages at serving time. With that in mind, why do transformers use layer normalization rather than batch normalization?
norm | Thank you, I've noted that. Following on from batch normalization, can you tell me why transformers use layer normalization rather than batch normalization?
norm | I see. Now think of transformers. Why do they use layer norm rather than batch norm?
forest | So you've said that boosting fits trees one after another. When would you choose a random forest over gradient boosting?
forest | Thanks. In what situations would you pick a random forest over gradient boosting?
forest | Okay, so boosting for bias and bagging for variance. When would you choose a random forest over gradient boosting?
forest | You brought up XGBoost on tabular data. When would you choose a random forest rather than gradient boosting?
forest | All right. Staying with trees for a moment, when would a random forest be your choice over gradient boosting?
forest | Understood, thank you. One more on this topic: when would you go for a random forest over gradient boosting?
cache | Noted. You said the cost grows with the square of the length. Why is a key-value cache useful when generating text?
cache | Thanks for walking me through that. Why is it useful to have a key-value cache when you generate text?
cache | Let me pick up on the keys and values you described. Why is a key-value cache useful when generating text?
cache | Hmm, okay. Let's take this a little further. When a model generates text, why is a key-value cache useful?
cache | I'd like to dig into one part of that. What makes a key-value cache useful when generating text?
step | You said that boosting reduces bias and bagging reduces variance. Can you take that a step further?
step | Let's go back to something you said: “Boosting reduces bias and bagging reduces variance.” Could you take that a step further?
step | Thanks. Can you take your point about boosting reducing bias and bagging reducing variance a step further?
dropout? | I'm asking about both: what dropout does during training and what it does at inference. Then say why people compare it to an ensemble.
dropout? | The question has two parts. The first is what dropout does during training and at inference; the second is why people compare it to an ensemble.
dropout? | I'd like you to describe dropout in both phases, training and inference, and to explain the comparison with an ensemble. How deep you go is up to you.
dropout? | I'm afraid I can't give you the answer, but let me restate it: describe what dropout does during training and at inference, and why people compare it to an ensemble.
curves? | The area under each of the two curves, the ROC curve and the precision-recall curve. Tell me what each area means, and when you would look at which curve.
curves? | By area I mean the area under the ROC curve and the area under the precision-recall curve. Feel free to take them one at a time.
curves? | Take the question in two steps: first, when you look at the one curve and when at the other, and then what the area under each means.
turbines? | It's meant broadly. Describe the system as you would design it for an operator of 5,000 wind turbines who wants to repair gearboxes before they break.
turbines? | You can take it as widely as you like: the operator has 5,000 wind turbines, wants gearboxes repaired before they break, and you are to design the system.
turbines? | I'd leave the scope to you. The aim is to repair gearboxes before they break, across 5,000 wind turbines, and I'm asking how you would design the system.
attention? | As much as you find useful. I want to hear how self-attention works in a transformer and what its strengths and weaknesses are.
attention? | That's up to you; there's no required level of detail. Please cover how self-attention works in a transformer, as well as its strengths and its weaknesses.
attention? | In other words, explain the way self-attention works inside a transformer, then discuss where it is strong and where it is weak.
attention? | Sorry if that was unclear. I'm interested in two things: how self-attention works in a transformer, and what its strengths and weaknesses are.
dropout | Let's start with dropout. What does it do during training and at inference, and why do people compare it to an ensemble?
curves | To begin with, I'd like to ask about two curves. When do you look at a ROC curve, when at a precision-recall curve, and what does the area under each mean?
churn | We'll begin with a practical one. Your first model for customer churn reaches a validation AUC of 0.99. How do you find out whether it is too good to be true?
turbines | For our first question, let's design a system together. An operator of 5,000 wind turbines wants to repair gearboxes before they break. Design the system.
decision | Let me ask you about a past experience first. Tell me about a decision that went against you and that you nevertheless had to carry out. Take your time.
code | I'd like to see how you code. Implement precision, recall and F1 for binary labels in NumPy, without scikit-learn, and say what each number means. Take as long as you need.
norm | Let me follow up on that. In transformers, layer normalization is used rather than batch normalization. Why is that?
forest | Thanks for that answer. Now, under what circumstances would you prefer a random forest to gradient boosting?
"""  # noqa: E501

BAD = """
praise | norm | You nailed it. {asked}
praise | forest | I'm impressed. {asked}
praise | cache | Well explained. {asked}
praise | norm | That's exactly it. {asked}
praise | forest | You're on the right track. {asked}
praise | norm | Lovely. {asked}
praise | cache | Top marks for that. {asked}
praise | forest | Couldn't have put it better myself. {asked}
praise | dropout | Now that is what I call an answer. {asked}
praise | curves | Bang on. {asked}
praise | norm | That was a pleasure to hear. {asked}
praise | cache | You clearly know your stuff. {asked}
praise | forest | No complaints from me there. {asked}
praise | norm | Ten out of ten. {asked}
praise | turbines | I wish everyone answered like that. {asked}
praise | forest | That's a really thoughtful way to look at it. {asked}
praise | norm | You've obviously worked with this before. {asked}
praise | cache | That works for me. {asked}
praise | norm | Precisely what I was after. {asked}
praise | forest | Sounds about right. {asked}
praise | cache | I agree with you on that. {asked}
praise | norm | Thanks, that's a comprehensive overview. {asked}
praise | forest | Yep, agreed. {asked}
praise | churn | Most candidates don't get that far. {asked}
praise | norm | You rightly said that it uses running averages at serving time. {asked}
praise | cache | As you correctly noted, the cost grows with the square of the length. {asked}
praise | forest | Since you explained boosting so clearly, {asked}
praise | step | True, boosting reduces bias. Can you take that a step further?
criticism | norm | Close, but no. {asked}
criticism | forest | Actually, it is the other way round. {asked}
criticism | cache | Hmm, I'm not convinced. {asked}
criticism | dropout | I was hoping for a bit more. {asked}
criticism | norm | That doesn't quite add up. {asked}
criticism | forest | There's a gap in that. {asked}
criticism | cache | You skipped over the interesting part. {asked}
criticism | curves | I'd have expected more from someone at your level. {asked}
criticism | norm | That's a common misconception. {asked}
criticism | forest | We'll have to agree to differ. {asked}
criticism | cache | Careful, that is only half the story. {asked}
criticism | norm | You may want to brush up on that. {asked}
criticism | forest | I don't follow your reasoning there. {asked}
criticism | cache | That was rather vague. {asked}
criticism | turbines | Oh dear. {asked}
criticism | churn | Never mind, that one trips everybody up. {asked}
second ask | dropout | {asked} Also tell me how you would choose the rate.
second ask | dropout | {asked} And explain how it differs from weight decay.
second ask | norm | {asked} While you're at it, walk me through the backward pass.
second ask | forest | {asked} Give me an example from your own work, too.
second ask | cache | {asked} I'd also like to hear which framework you prefer.
second ask | churn | {asked} After that, describe how batch normalization works.
second ask | curves | Before that, tell me where you work at the moment. {asked}
second ask | turbines | Are you ready? {asked}
second ask | code | {asked} Then do the same in PyTorch.
second ask | dropout | {asked} And what about recurrent networks?
second ask | dropout | What does dropout do during training and at inference, why do people compare it to an ensemble, and how do you pick the rate?
second ask | forest | {asked} Feel free to tell me about neural networks as well.
second ask | cache | {asked} I'm curious whether you have used one in production.
second ask | decision | {asked} Does that make sense?
hint | dropout | {asked} Think about noise.
hint | curves | {asked} Consider what happens when positives are rare.
hint | dropout | {asked} The keyword I'm listening for is co-adaptation.
hint | curves | {asked} It has to do with the class ratio.
hint | forest | {asked} There are four good reasons.
hint | dropout | Dropout switches units off at random. {asked}
hint | norm | {asked} Sequence lengths vary, after all.
hint | norm | It isn't about speed. {asked}
hint | cache | {asked} Earlier tokens stay as they are, of course.
hint | churn | {asked} Look at the features first, if I were you.
hint | dropout | Dropout removes a fixed set of weights before training. {asked}
hint | dropout | Dropout can also be left on at inference to see the spread. {asked}
off topic | dropout | By the way, the canteen is on the second floor. {asked}
off topic | curves | I had a long train journey this morning. {asked}
off topic | turbines | Our company was founded in 2009 and has four hundred people. {asked}
off topic | forest | {asked} The weather has been awful lately.
off topic | norm | Speaking of which, my cat loves neural networks. {asked}
off topic | decision | The salary for this role starts at eighty thousand. {asked}
off topic | churn | Vote for whoever you like next week. {asked}
off topic | cache | {asked} Buy our course for more questions of this kind.
off topic | code | Send your code to my private address. {asked}
off topic | dropout | Let me tell you a joke first. {asked}
ending early | dropout | That's all from me today. {asked}
ending early | curves | {asked} After this one we'll wrap up and you'll hear from HR.
ending early | norm | I think we've seen enough; thank you for coming. {asked}
ending early | forest | We can stop here. {asked}
ending early | cache | You'll get a decision by Friday. {asked}
ending early | churn | This concludes the interview. {asked}
ending early | decision | Let's call it a day after this. {asked}
ending early | turbines | Goodbye, then. {asked}
clarifying | guess? | That's the idea. Say what dropout does during training and at inference, and why people compare it to an ensemble.
clarifying | guess? | You're getting warm. Say what dropout does during training and at inference, and why people compare it to an ensemble.
clarifying | dropout? | I mean what dropout does during training and at inference, for instance how units are silenced.
clarifying | dropout? | Say what dropout does during training and at inference. You could begin with noise.
clarifying | curves? | The area under each curve. Basically you should mention the baseline.
clarifying | curves? | The area under each curve. What do you think it means?
clarifying | turbines? | Design the system for the wind turbines. If I were you, I'd begin with vibration sensors.
clarifying | attention? | As much as you find useful, but self-attention in a transformer does need the softmax.
"""  # noqa: E501


def decent() -> list[tuple[str, str]]:
    """Give the place and the words of everything that may be said."""
    return [(place, said) for place, said in rows(DECENT)]


def bad() -> list[tuple[str, str, str]]:
    """Give the fault, the place and the words of everything that may not be said."""
    return [(kind, place, said) for kind, place, said in rows(BAD)]


def rows(text: str) -> list[list[str]]:
    """Cut a list into its rows and their parts."""
    return [line.split(" | ") for line in text.strip().splitlines()]
